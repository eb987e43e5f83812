// Package pdfcheck reads a PDF that platform/document wrote and names each broken rule of PDF/UA-1 and PDF/A-3a
// that the writer could break: claims, structure, marked content, tables, lists, links, fonts, colours, attachments.
//
// It is no full validator: it judges the rules listed in Check, and reads only files without object streams and
// encryption. It must not know letters: it judges the file alone.
package pdfcheck

import (
	"fmt"
	"regexp"
	"strings"
)

// Finding is one broken rule. Rule is a stable short name, Detail tells where.
type Finding struct{ Rule, Detail string }

func (f Finding) String() string { return f.Rule + ": " + f.Detail }

// Check gives the broken rules, none for a sound file; an error when the file cannot be read at all.
func Check(b []byte) ([]Finding, error) {
	f, err := read(b)
	if err != nil {
		return nil, err
	}
	c := &check{file: f, catalogue: f.dict(f.trailer["Root"]), owners: map[key]ref{}, seen: map[key]int{}, linked: map[ref]ref{}}
	c.claims()
	c.pages()
	c.structure()
	c.content()
	c.links()
	c.fonts()
	c.attachments()
	return c.findings, nil
}

// key is one marked content: page object and content id.
type key struct {
	page ref
	mcid int
}

type check struct {
	*file
	catalogue dict
	pageRefs  []ref
	owners    map[key]ref // element that lists the content
	seen      map[key]int // how often the content occurs on the page
	linked    map[ref]ref // annotation → element
	findings  []Finding
	heading   int
	titles    int
}

func (c *check) rule(ok bool, rule, detail string, args ...any) {
	if !ok {
		c.findings = append(c.findings, Finding{rule, fmt.Sprintf(detail, args...)})
	}
}

var xmpTitle = regexp.MustCompile(`(?s)<dc:title>.*?<rdf:li[^>]*>([^<]+)</rdf:li>`)

func (c *check) claims() {
	cat := c.catalogue
	c.rule(c.dict(cat["MarkInfo"])["Marked"] == true, "marked", "catalogue has no /MarkInfo /Marked true")
	c.rule(c.words(cat["Lang"]) != "", "lang", "catalogue has no /Lang")
	c.rule(c.dict(cat["ViewerPreferences"])["DisplayDocTitle"] == true, "doc-title", "viewers are not told to show the title")
	xmp, _ := c.get(cat["Metadata"]).(stream)
	packet := string(xmp.data)
	for rule, need := range map[string]string{"ua-claim": "<pdfuaid:part>1</pdfuaid:part>", "a-claim": "<pdfaid:part>3</pdfaid:part>", "xmp-lang": "<dc:language>"} {
		c.rule(strings.Contains(packet, need), rule, "metadata lacks %s", need)
	}
	c.rule(xmp.dict["Filter"] == nil, "xmp-plain", "metadata is compressed")
	title := xmpTitle.FindStringSubmatch(packet)
	c.rule(title != nil, "xmp-title", "metadata lacks dc:title")
	c.rule(c.words(c.dict(c.trailer["Info"])["Title"]) != "", "info-title", "information dictionary lacks the title")
	c.rule(len(c.list(c.trailer["ID"])) == 2, "id", "trailer has no /ID")
	c.rule(c.trailer["Encrypt"] == nil, "encrypted", "the file is encrypted")
	intents := c.list(cat["OutputIntents"])
	profile := stream{}
	if len(intents) == 1 {
		profile, _ = c.get(c.dict(intents[0])["DestOutputProfile"]).(stream)
	}
	c.rule(len(profile.data) > 128 && string(profile.data[36:40]) == "acsp" && profile.dict["N"] == 3.0, "output-intent", "no output intent with an RGB profile")
}

func (c *check) pages() {
	for _, v := range c.list(c.dict(c.catalogue["Pages"])["Kids"]) {
		r, _ := v.(ref)
		c.pageRefs = append(c.pageRefs, r)
		p := c.dict(r)
		_, numbered := p["StructParents"].(float64)
		c.rule(numbered, "struct-parents", "page %d has no /StructParents", len(c.pageRefs))
		c.rule(p["Tabs"] == name("S"), "tabs", "page %d: tab order is not the structure", len(c.pageRefs))
	}
	c.rule(len(c.pageRefs) > 0, "pages", "no pages")
}

// structure walks the elements and then checks the way back from the parent tree.
func (c *check) structure() {
	root := c.dict(c.catalogue["StructTreeRoot"])
	c.rule(root != nil, "struct-tree", "no structure tree")
	if root == nil {
		return
	}
	top, _ := root["K"].(ref)
	c.element(top, ref(0), "")
	c.rule(c.titles == 1, "one-title", "%d first-level headings", c.titles)
	parents := map[int]any{}
	next := 0
	nums := c.list(c.dict(root["ParentTree"])["Nums"])
	for i := 0; i+1 < len(nums); i += 2 {
		k, _ := nums[i].(float64)
		parents[int(k)] = nums[i+1]
		next = max(next, int(k)+1)
	}
	c.rule(len(parents) > 0, "parent-tree", "no parent tree")
	n, _ := root["ParentTreeNextKey"].(float64)
	c.rule(int(n) == next, "parent-next-key", "next key is %v, should be %d", root["ParentTreeNextKey"], next)
	for _, p := range c.pageRefs {
		k, _ := c.dict(p)["StructParents"].(float64)
		for mcid, owner := range c.list(parents[int(k)]) {
			c.rule(owner == c.owners[key{p, mcid}], "parent-tree", "content %d of page object %d belongs to %v, the tree says %v", mcid, p, c.owners[key{p, mcid}], owner)
		}
	}
	for annot, owner := range c.linked {
		k, ok := c.dict(annot)["StructParent"].(float64)
		c.rule(ok && parents[int(k)] == owner, "link-parent", "annotation %d does not lead back to its element", annot)
	}
}

var kidsOf = map[string]string{
	"Table": "Caption THead TBody TFoot TR", "THead": "TR", "TBody": "TR", "TFoot": "TR", "TR": "TH TD", "L": "Caption LI", "LI": "Lbl LBody",
}
var parentsOf = map[string]string{"TR": "Table THead TBody TFoot", "TH": "TR", "TD": "TR", "LI": "L", "Lbl": "LI", "LBody": "LI", "THead": "Table", "TBody": "Table", "Caption": "Table L"}

func listed(s, word string) bool { return strings.Contains(" "+s+" ", " "+word+" ") }

func (c *check) element(r, parent ref, above string) {
	e := c.dict(r)
	kind, _ := e["S"].(name)
	k := string(kind)
	c.rule(parent == 0 || e["P"] == parent, "element-parent", "element %d (%s) points to another parent", r, k)
	if allowed, ok := kidsOf[above]; ok {
		c.rule(listed(allowed, k), "nesting", "%s inside %s", k, above)
	}
	if allowed, ok := parentsOf[k]; ok {
		c.rule(listed(allowed, above), "nesting", "%s inside %s", k, above)
	}
	if len(k) == 2 && k[0] == 'H' && k[1] >= '1' && k[1] <= '6' {
		level := int(k[1] - '0')
		c.rule(level <= c.heading+1, "heading-gap", "%s after level %d", k, c.heading)
		c.heading = level
		if level == 1 {
			c.titles++
		}
	}
	switch k {
	case "TH":
		scope := c.dict(e["A"])["Scope"]
		c.rule(scope == name("Column") || scope == name("Row"), "th-scope", "heading cell %d has no scope", r)
	case "Figure":
		c.rule(c.words(e["Alt"]) != "", "figure-alt", "figure %d has no alternative text", r)
	case "L":
		c.rule(c.dict(e["A"])["ListNumbering"] != nil, "list-numbering", "list %d does not tell its numbering", r)
	case "Table":
		c.even(r)
	}
	c.kids(r, e, k)
}

func (c *check) kids(r ref, e dict, k string) {
	object := false
	for _, kid := range c.list(e["K"]) {
		if child, ok := kid.(ref); ok {
			c.element(child, r, k)
			continue
		}
		d, _ := kid.(dict)
		page, _ := d["Pg"].(ref)
		switch d["Type"] {
		case name("MCR"):
			id, _ := d["MCID"].(float64)
			at := key{page, int(id)}
			c.rule(c.owners[at] == 0, "content-twice", "content %d of page object %d has two elements", at.mcid, page)
			c.owners[at] = r
		case name("OBJR"):
			annot, _ := d["Obj"].(ref)
			c.linked[annot] = r
			object = true
		}
	}
	c.rule(k != "Link" || object, "link-object", "link element %d has no annotation", r)
}

// even tells tables whose rows have different numbers of cells.
func (c *check) even(table ref) {
	count := -1
	var walk func(v any)
	walk = func(v any) {
		e := c.dict(v)
		for _, kid := range c.list(e["K"]) {
			if child, ok := kid.(ref); ok {
				if c.dict(child)["S"] != name("TR") {
					walk(child)
					continue
				}
				n := len(c.list(c.dict(child)["K"]))
				c.rule(count < 0 || n == count, "table-even", "table %d: a row of %d cells among rows of %d", table, n, count)
				count = n
			}
		}
	}
	walk(table)
}
