package document

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"

	"seteli/core/calendar"
)

// assemble writes fonts, pages, structure and metadata, and joins them to a file.
func (w *writer) assemble() ([]byte, error) {
	o, l := w.objects, w.letter
	fonts := ""
	for i, s := range []*subset{w.regular, w.bold} {
		r, err := fontObject(o, s)
		if err != nil {
			return nil, err
		}
		fonts += fmt.Sprintf("/F%d %v", i+1, r)
	}
	pagesRef := o.reserve()
	refs := make([]ref, len(w.pages))
	for i, p := range w.pages {
		content, err := o.stream("", []byte(p.content.String()), false)
		if err != nil {
			return nil, err
		}
		annots := ""
		if len(p.annots) > 0 {
			annots = "/Annots[" + joinRefs(p.annots) + "]"
		}
		refs[i] = o.add("<</Type/Page/Parent %v/MediaBox[0 0 %s %s]/Resources<</Font<<%s>>>>/Contents %v/StructParents %d/Tabs/S%s>>",
			pagesRef, num(pageWidth), num(pageHeight), fonts, content, i, annots)
	}
	for i, r := range w.annotRefs { // keys of annotations come after those of the pages
		o.bodies[r-1] = bytes.Replace(o.bodies[r-1], []byte(structParent(i)), fmt.Append(nil, len(refs)+i), 1)
	}
	o.set(pagesRef, "<</Type/Pages/Count %d/Kids[%s]>>", len(refs), joinRefs(refs))
	structure := w.tree.write(o, refs)
	xmp, err := o.stream("/Type/Metadata/Subtype/XML", metadata(l.Title, l.Sender, string(l.Lang), l.Date), true)
	if err != nil {
		return nil, err
	}
	profile, err := o.stream("/N 3", sRGBProfile(), false)
	if err != nil {
		return nil, err
	}
	files, err := attach(o, l.Attachments, l.Date)
	if err != nil {
		return nil, err
	}
	root := o.add("<</Type/Catalog/Pages %v/MarkInfo<</Marked true>>/Lang%s/ViewerPreferences<</DisplayDocTitle true>>/StructTreeRoot %v/Metadata %v"+
		"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)/DestOutputProfile %v>>]%s>>",
		pagesRef, ascii(string(l.Lang)), structure, xmp, profile, files)
	day := pdfDay(l.Date)
	info := o.add("<</Title%s/Author%s/Creator(Seteli)/Producer(Seteli)/CreationDate(%s)/ModDate(%s)>>", text(l.Title), text(l.Sender), day, day)
	return o.file(root, info), nil
}

func pdfDay(d calendar.Date) string { return "D:" + d.Time().Format("20060102") + "000000Z" }

func joinRefs(refs []ref) string {
	parts := make([]string, len(refs))
	for i, r := range refs {
		parts[i] = r.String()
	}
	return strings.Join(parts, " ")
}

// attach adds the files and gives the entries of the catalogue that name them.
func attach(o *objects, files []Attachment, day calendar.Date) (string, error) {
	if len(files) == 0 {
		return "", nil
	}
	var names string
	var specs []ref
	for _, f := range files {
		subtype := strings.ReplaceAll(f.Type, "/", "#2F")
		r, err := o.stream(fmt.Sprintf("/Type/EmbeddedFile/Subtype/%s/Params<</Size %d/ModDate(%s)>>", subtype, len(f.Data), pdfDay(day)), f.Data, false)
		if err != nil {
			return "", err
		}
		spec := o.add("<</Type/Filespec/F%s/UF%s/Desc%s/AFRelationship/Data/EF<</F %v/UF %v>>>>", ascii(f.Name), text(f.Name), text(f.Description), r, r)
		names += ascii(f.Name) + spec.String() + " "
		specs = append(specs, spec)
	}
	return fmt.Sprintf("/Names<</EmbeddedFiles<</Names[%s]>>>>/AF[%s]", names, joinRefs(specs)), nil
}

// fontObject writes a composite font of the used glyphs: widths, outlines and the way back to Unicode.
func fontObject(o *objects, s *subset) (ref, error) {
	file := s.file()
	outlines, err := o.stream(fmt.Sprintf("/Length1 %d", len(file)), file, false)
	if err != nil {
		return 0, err
	}
	toUnicode, err := o.stream("", unicodeMap(s.runes), false)
	if err != nil {
		return 0, err
	}
	// The tag of a subset is six capitals; taken from the characters, so that equal subsets have equal names.
	sum := sha256.Sum256([]byte(string(s.runes)))
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	name := string(tag) + "+" + s.name
	head, hhea := s.tables["head"], s.tables["hhea"]
	at := func(table []byte, offset int) int {
		return int(int16(uint16(table[offset])<<8|uint16(table[offset+1]))) * 1000 / s.upem
	}
	descriptor := o.add("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight 729/StemV %d/FontFile2 %v>>",
		name, at(head, 36), at(head, 38), at(head, 40), at(head, 42), at(hhea, 4), at(hhea, 6), s.stemV, outlines)
	widths := strings.Trim(fmt.Sprint(s.widths), "[]")
	descendant := o.add("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/CIDToGIDMap/Identity/FontDescriptor %v/W[0[%s]]>>",
		name, descriptor, widths)
	return o.add("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%v]/ToUnicode %v>>", name, descendant, toUnicode), nil
}

func unicodeMap(runes []rune) []byte {
	var b strings.Builder
	b.WriteString("/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n/CIDSystemInfo <</Registry (Adobe)/Ordering (UCS)/Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n1 begincodespacerange <0000> <FFFF> endcodespacerange\n")
	for from := 0; from < len(runes); from += 100 { // at most 100 entries at a time, says the format
		part := runes[from:min(from+100, len(runes))]
		fmt.Fprintf(&b, "%d beginbfchar\n", len(part))
		for i, r := range part {
			value := strings.TrimSuffix(strings.TrimPrefix(text(string(r)), "<FEFF"), ">")
			fmt.Fprintf(&b, "<%04X> <%s>\n", from+i+1, value)
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap CMapName currentdict /CMap defineresource pop end end\n")
	return []byte(b.String())
}
