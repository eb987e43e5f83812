package document

import (
	"encoding/binary"
	"fmt"
	"sort"
	"sync"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// face is a whole font file: its tables, and the map from characters to outlines. Safe for concurrent use.
type face struct {
	name   string // PostScript name
	parsed *sfnt.Font
	tables map[string][]byte
	upem   int
	long   bool // offsets in loca are 32 bits
	stemV  int
}

var (
	regularFace = sync.OnceValue(func() *face { return mustFace("LiberationSans", liberationsansregular.TTF, 80) })
	boldFace    = sync.OnceValue(func() *face { return mustFace("LiberationSans-Bold", liberationsansbold.TTF, 140) })
)

// mustFace reads a font that is part of the program: failing is a programming error.
func mustFace(name string, ttf []byte, stemV int) *face {
	f, err := readFace(name, ttf)
	if err != nil {
		panic("document: " + err.Error())
	}
	f.stemV = stemV
	return f
}

func readFace(name string, ttf []byte) (*face, error) {
	parsed, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("reading font %s: %w", name, err)
	}
	f := &face{name: name, parsed: parsed, tables: map[string][]byte{}}
	for i := range int(binary.BigEndian.Uint16(ttf[4:])) {
		record := ttf[12+16*i:]
		from, size := binary.BigEndian.Uint32(record[8:]), binary.BigEndian.Uint32(record[12:])
		f.tables[string(record[:4])] = ttf[from : from+size]
	}
	for _, need := range []string{"glyf", "head", "hhea", "hmtx", "loca", "maxp"} {
		if f.tables[need] == nil {
			return nil, fmt.Errorf("reading font %s: no table %s", name, need)
		}
	}
	f.upem = int(parsed.UnitsPerEm())
	f.long = binary.BigEndian.Uint16(f.tables["head"][50:]) == 1
	return f, nil
}

// outline gives the bytes of a glyph, empty for blanks.
func (f *face) outline(gid uint16) []byte {
	loca, glyf, g := f.tables["loca"], f.tables["glyf"], int(gid)
	if f.long {
		return glyf[binary.BigEndian.Uint32(loca[4*g:]):binary.BigEndian.Uint32(loca[4*g+4:])]
	}
	return glyf[2*int(binary.BigEndian.Uint16(loca[2*g:])) : 2*int(binary.BigEndian.Uint16(loca[2*g+2:]))]
}

// metrics gives the advance width and the left side bearing in font units.
func (f *face) metrics(gid uint16) (advance, bearing uint16) {
	hmtx, g := f.tables["hmtx"], int(gid)
	long := int(binary.BigEndian.Uint16(f.tables["hhea"][34:]))
	if g < long {
		return binary.BigEndian.Uint16(hmtx[4*g:]), binary.BigEndian.Uint16(hmtx[4*g+2:])
	}
	return binary.BigEndian.Uint16(hmtx[4*(long-1):]), binary.BigEndian.Uint16(hmtx[4*long+2*(g-long):])
}

// subset collects the characters that one file uses of a face. Each character gets its own glyph, in the order of
// first use, so that the way back to Unicode is exact (a no-break space stays one).
type subset struct {
	*face
	buffer  sfnt.Buffer
	ids     map[rune]uint16
	runes   []rune   // runes[i] has glyph i+1
	sources []uint16 // sources[i] is the face's glyph of new glyph i; 0 is .notdef
	widths  []int    // in thousandths of the em, by new glyph
}

func newSubset(f *face) *subset {
	s := &subset{face: f, ids: map[rune]uint16{}, sources: []uint16{0}}
	advance, _ := f.metrics(0)
	s.widths = []int{s.milli(int(advance))}
	return s
}

func (s *subset) milli(units int) int { return (units*1000 + s.upem/2) / s.upem }

// glyph gives the new glyph of a character, DOC-001 when the face has none.
func (s *subset) glyph(r rune) (uint16, error) {
	if id, ok := s.ids[r]; ok {
		return id, nil
	}
	gid, err := s.parsed.GlyphIndex(&s.buffer, r)
	if err != nil {
		return 0, fmt.Errorf("looking up %U in %s: %w", r, s.name, err)
	}
	if gid == 0 || r < ' ' || r == 0x7f {
		return 0, errGlyph.With("char", fmt.Sprintf("%q (%U)", string(r), r))
	}
	advance, err := s.parsed.GlyphAdvance(&s.buffer, gid, fixed.I(s.upem), font.HintingNone)
	if err != nil {
		return 0, fmt.Errorf("measuring %U in %s: %w", r, s.name, err)
	}
	id := uint16(len(s.sources))
	s.ids[r] = id
	s.runes = append(s.runes, r)
	s.sources = append(s.sources, uint16(gid))
	s.widths = append(s.widths, s.milli(advance.Round()))
	return id, nil
}

// file writes a TrueType file of the used glyphs only, parts of composed glyphs included.
func (s *subset) file() []byte {
	sources := append([]uint16(nil), s.sources...)
	var glyf, hmtx []byte
	offsets := []uint32{0}
	for i := 0; i < len(sources); i++ { // grows while parts are found
		outline := append([]byte(nil), s.outline(sources[i])...)
		sources = renumber(outline, sources)
		for len(outline)%4 != 0 {
			outline = append(outline, 0)
		}
		glyf = append(glyf, outline...)
		offsets = append(offsets, uint32(len(glyf)))
		advance, bearing := s.metrics(sources[i])
		hmtx = binary.BigEndian.AppendUint16(hmtx, advance)
		hmtx = binary.BigEndian.AppendUint16(hmtx, bearing)
	}
	var loca []byte
	for _, o := range offsets {
		loca = binary.BigEndian.AppendUint32(loca, o)
	}
	head := append([]byte(nil), s.tables["head"]...)
	binary.BigEndian.PutUint32(head[8:], 0)  // checksum adjustment, set below
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets
	hhea := append([]byte(nil), s.tables["hhea"]...)
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(sources)))
	maxp := append([]byte(nil), s.tables["maxp"]...)
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(sources)))
	tables := map[string][]byte{"glyf": glyf, "head": head, "hhea": hhea, "hmtx": hmtx, "loca": loca, "maxp": maxp}
	for _, hint := range []string{"cvt ", "fpgm", "prep"} {
		if t := s.tables[hint]; t != nil {
			tables[hint] = t
		}
	}
	return trueType(tables)
}

// renumber points the parts of a composed outline to new glyphs, appending those that are not there yet.
func renumber(outline []byte, sources []uint16) []uint16 {
	if len(outline) < 10 || int16(binary.BigEndian.Uint16(outline)) >= 0 {
		return sources
	}
	const words, scale, more, xy, matrix = 1, 8, 32, 64, 128
	for at := 10; ; {
		flags := binary.BigEndian.Uint16(outline[at:])
		part := binary.BigEndian.Uint16(outline[at+2:])
		binary.BigEndian.PutUint16(outline[at+2:], uint16(len(sources)))
		sources = append(sources, part)
		at += 6
		if flags&words != 0 {
			at += 2
		}
		switch {
		case flags&scale != 0:
			at += 2
		case flags&xy != 0:
			at += 4
		case flags&matrix != 0:
			at += 8
		}
		if flags&more == 0 {
			return sources
		}
	}
}

// trueType joins tables to a font file with checksums.
func trueType(tables map[string][]byte) []byte {
	tags := make([]string, 0, len(tables))
	for tag := range tables {
		tags = append(tags, tag)
	}
	sort.Strings(tags)
	log := 0
	for 2<<log <= len(tags) {
		log++
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(tags), 16 << log, log, 16*len(tags) - 16<<log} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	var body []byte
	headAt := 0
	base := 12 + 16*len(tags)
	for _, tag := range tags {
		t := tables[tag]
		if tag == "head" {
			headAt = base + len(body)
		}
		out = append(out, tag...)
		out = binary.BigEndian.AppendUint32(out, sum32(t))
		out = binary.BigEndian.AppendUint32(out, uint32(base+len(body)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(t)))
		body = append(body, t...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	out = append(out, body...)
	binary.BigEndian.PutUint32(out[headAt+8:], 0xB1B0AFBA-sum32(out))
	return out
}

func sum32(b []byte) uint32 {
	var sum uint32
	for len(b) >= 4 {
		sum += binary.BigEndian.Uint32(b)
		b = b[4:]
	}
	var last [4]byte
	copy(last[:], b)
	return sum + binary.BigEndian.Uint32(last[:])
}
