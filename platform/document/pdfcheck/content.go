package pdfcheck

import (
	"regexp"
	"strconv"
)

// content reads each page: everything that is drawn belongs to an element or is an artifact, brackets are even,
// each content id is used once, and what elements list is there.
func (c *check) content() {
	for i, p := range c.pageRefs {
		s, _ := c.get(c.dict(p)["Contents"]).(stream)
		c.stream(i+1, p, s.data)
	}
	for at, owner := range c.owners {
		c.rule(c.seen[at] == 1, "content-missing", "element %d lists content %d of page object %d, which occurs %d times", owner, at.mcid, at.page, c.seen[at])
	}
}

func (c *check) stream(number int, page ref, data []byte) {
	l := &lexer{b: data}
	var operands []any
	var font map[uint16]bool
	depth, text := 0, 0
	for l.space(); l.at < len(data); l.space() {
		v, err := l.value()
		if err != nil {
			c.rule(false, "content-syntax", "page %d: %v", number, err)
			return
		}
		op, ok := v.(word)
		if !ok {
			operands = append(operands, v)
			continue
		}
		switch op {
		case "BMC", "BDC":
			depth++
			c.rule(depth == 1, "content-nested", "page %d: marked content inside marked content", number)
			c.opens(number, page, op, operands)
		case "EMC":
			depth--
		case "BT":
			text++
		case "ET":
			text--
		case "Tf":
			font = c.known(page, operands)
		case "Tj", "TJ", "'", "\"":
			c.rule(depth > 0, "untagged", "page %d: text outside marked content", number)
			c.codes(number, font, operands)
		case "f", "F", "f*", "S", "s", "B", "b", "Do", "sh":
			c.rule(depth > 0, "untagged", "page %d: drawing outside marked content", number)
		}
		operands = operands[:0]
	}
	c.rule(depth == 0 && text == 0, "content-even", "page %d: brackets of content are not even", number)
}

func (c *check) opens(number int, page ref, op word, operands []any) {
	if len(operands) == 0 {
		c.rule(false, "content-syntax", "page %d: %s without a tag", number, op)
		return
	}
	if operands[0] == name("Artifact") {
		return
	}
	d, _ := operands[len(operands)-1].(dict)
	id, ok := d["MCID"].(float64)
	c.rule(ok, "content-id", "page %d: marked content without an id", number)
	at := key{page, int(id)}
	c.seen[at]++
	owner := c.owners[at]
	c.rule(owner != 0, "content-orphan", "page %d: content %d has no element", number, at.mcid)
	c.rule(owner == 0 || c.dict(owner)["S"] == operands[0], "content-kind", "page %d: content %d is marked %v, its element is %v", number, at.mcid, operands[0], c.dict(owner)["S"])
}

var mapped = regexp.MustCompile(`<([0-9A-F]{4})> <[0-9A-F]{4,}>`)

// known gives the codes that a font can map back to Unicode.
func (c *check) known(page ref, operands []any) map[uint16]bool {
	if len(operands) == 0 {
		return nil
	}
	f, _ := operands[0].(name)
	resource := c.dict(c.dict(c.dict(c.dict(page)["Resources"])["Font"])[string(f)])
	table, _ := c.get(resource["ToUnicode"]).(stream)
	codes := map[uint16]bool{}
	for _, m := range mapped.FindAllSubmatch(table.data, -1) {
		n, err := strconv.ParseUint(string(m[1]), 16, 16)
		if err == nil {
			codes[uint16(n)] = true
		}
	}
	return codes
}

func (c *check) codes(number int, font map[uint16]bool, operands []any) {
	if len(operands) == 0 {
		return
	}
	s, _ := operands[0].(str)
	for i := 0; i+1 < len(s); i += 2 {
		code := uint16(s[i])<<8 | uint16(s[i+1])
		c.rule(code != 0, "notdef", "page %d: an empty box is shown", number)
		c.rule(code == 0 || font[code], "to-unicode", "page %d: code %d cannot be read back", number, code)
	}
}

func (c *check) links() {
	for i, p := range c.pageRefs {
		for _, v := range c.list(c.dict(p)["Annots"]) {
			r, _ := v.(ref)
			a := c.dict(r)
			c.rule(c.words(a["Contents"]) != "", "link-contents", "page %d: annotation %d has no /Contents", i+1, r)
			_, ok := a["StructParent"].(float64)
			c.rule(ok, "link-parent", "page %d: annotation %d has no /StructParent", i+1, r)
			c.rule(c.dict(c.linked[r])["S"] == name("Link"), "link-element", "page %d: annotation %d belongs to no Link element", i+1, r)
			c.rule(a["F"] == 4.0, "link-print", "page %d: annotation %d has wrong flags", i+1, r)
		}
	}
}

func (c *check) fonts() {
	for r, v := range c.objects {
		f, ok := v.(dict)
		if !ok || f["Type"] != name("Font") {
			continue
		}
		switch f["Subtype"] {
		case name("Type0"):
			table, _ := c.get(f["ToUnicode"]).(stream)
			c.rule(len(table.data) > 0, "to-unicode", "font %d has no /ToUnicode", r)
		case name("CIDFontType2"):
			file, _ := c.get(c.dict(f["FontDescriptor"])["FontFile2"]).(stream)
			c.rule(len(file.data) > 0, "font-embedded", "font %d is not embedded", r)
			c.rule(f["CIDToGIDMap"] == name("Identity") && len(c.list(f["W"])) > 0, "font-widths", "font %d has no widths or no map", r)
		default:
			c.rule(false, "font-embedded", "font %d is of kind %v", r, f["Subtype"])
		}
	}
}

func (c *check) attachments() {
	named := c.list(c.catalogue["AF"])
	for r, v := range c.objects {
		d, ok := v.(dict)
		if !ok || d["Type"] != name("Filespec") {
			continue
		}
		associated := false
		for _, a := range named {
			associated = associated || a == r
		}
		c.rule(d["AFRelationship"] != nil && associated, "attachment", "file %d is not associated with the document", r)
		c.rule(c.words(d["Desc"]) != "" && c.words(d["UF"]) != "", "attachment", "file %d has no name or description", r)
	}
}
