package document

import (
	"fmt"
	"strings"
)

// node is an element of the structure tree: what a screen reader walks through.
type node struct {
	kind   string // structure type, e.g. "P", "H2", "TH"
	attrs  string // attribute dictionary, "" for none
	lang   string // when it differs from the document's
	alt    string // what a figure shows, "" for what is no figure
	parent *node
	kids   []kid
	ref    ref
}

// kid is a child element, a piece of marked content on a page, or an annotation.
type kid struct {
	node *node
	page int // index of the page
	mcid int
	link ref // annotation object
}

func (n *node) child(kind string) *node {
	c := &node{kind: kind, parent: n}
	n.kids = append(n.kids, kid{node: c})
	return c
}

// tree is the structure of one file with the way back from pages and annotations to elements.
type tree struct {
	root  *node
	pages [][]*node // pages[p][mcid]
	links []*node   // element of each annotation, in order
}

// mark gives the next content id on a page and ties it to n.
func (t *tree) mark(n *node, page int) int {
	for len(t.pages) <= page {
		t.pages = append(t.pages, nil)
	}
	id := len(t.pages[page])
	t.pages[page] = append(t.pages[page], n)
	n.kids = append(n.kids, kid{page: page, mcid: id})
	return id
}

// write adds all elements and the parent tree to the file; gives the root of the tree.
// Keys of the parent tree: pages first, in order, then annotations.
func (t *tree) write(o *objects, pages []ref) ref {
	root := o.reserve()
	t.reserve(o, t.root)
	t.element(o, t.root, root, pages)
	var nums strings.Builder
	for p := range pages {
		fmt.Fprintf(&nums, "%d[", p)
		if p < len(t.pages) {
			for _, n := range t.pages[p] {
				nums.WriteString(n.ref.String() + " ")
			}
		}
		nums.WriteString("]\n")
	}
	for i, n := range t.links {
		fmt.Fprintf(&nums, "%d %v\n", len(pages)+i, n.ref)
	}
	parents := o.add("<</Nums[%s]>>", nums.String())
	o.set(root, "<</Type/StructTreeRoot/K %v/ParentTree %v/ParentTreeNextKey %d>>", t.root.ref, parents, len(pages)+len(t.links))
	return root
}

func (t *tree) reserve(o *objects, n *node) {
	n.ref = o.reserve()
	for _, k := range n.kids {
		if k.node != nil {
			t.reserve(o, k.node)
		}
	}
}

func (t *tree) element(o *objects, n *node, parent ref, pages []ref) {
	var kids strings.Builder
	for _, k := range n.kids {
		switch {
		case k.node != nil:
			kids.WriteString(k.node.ref.String() + " ")
			t.element(o, k.node, n.ref, pages)
		case k.link != 0:
			fmt.Fprintf(&kids, "<</Type/OBJR/Obj %v/Pg %v>>", k.link, pages[k.page])
		default:
			fmt.Fprintf(&kids, "<</Type/MCR/Pg %v/MCID %d>>", pages[k.page], k.mcid)
		}
	}
	extra := n.attrs
	if extra != "" {
		extra = "/A" + extra
	}
	if n.lang != "" {
		extra += "/Lang" + ascii(n.lang)
	}
	if n.alt != "" {
		extra += "/Alt" + text(n.alt)
	}
	o.set(n.ref, "<</Type/StructElem/S/%s/P %v%s/K[%s]>>", n.kind, parent, extra, kids.String())
}
