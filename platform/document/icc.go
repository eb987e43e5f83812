package document

import (
	"encoding/binary"
	"unicode/utf16"
)

// sRGBProfile writes a version 4 display profile of IEC 61966-2-1: primaries adapted to D50 and the
// standard transfer curve as a parametric function, so that colours mean the same on every printer.
func sRGBProfile() []byte {
	type tag struct {
		name string
		data []byte
	}
	curve := tagData("para", 0x00030000, fixed16(24, 10), fixed16(1000, 1055), fixed16(55, 1055), fixed16(100, 1292), fixed16(4045, 100000))
	tags := []tag{
		{"desc", wordsData("sRGB IEC61966-2.1")},
		{"cprt", wordsData("No copyright, use freely")},
		{"wtpt", tagData("XYZ ", 0x0000F6D6, 0x00010000, 0x0000D32D)},
		{"chad", tagData("sf32", 0x00010C42, 0x000005DE, 0xFFFFF325, 0x00000793, 0x0000FD90, 0xFFFFFBA1, 0xFFFFFDA2, 0x000003DC, 0x0000C06E)},
		{"rXYZ", tagData("XYZ ", 0x00006FA2, 0x000038F5, 0x00000390)},
		{"gXYZ", tagData("XYZ ", 0x00006299, 0x0000B785, 0x000018DA)},
		{"bXYZ", tagData("XYZ ", 0x000024A0, 0x00000F84, 0x0000B6CF)},
		{"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	}
	header := make([]byte, 128)
	copy(header[8:], "\x04\x20\x00\x00mntrRGB XYZ ")
	for i, v := range []uint16{2026, 1, 1, 0, 0, 0} { // date of the profile, a constant
		binary.BigEndian.PutUint16(header[24+2*i:], v)
	}
	copy(header[36:], "acsp")
	copy(header[68:], "\x00\x00\xf6\xd6\x00\x01\x00\x00\x00\x00\xd3\x2d") // D50
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	var body []byte
	curveAt := 0
	for _, t := range tags {
		at := 128 + 4 + 12*len(tags) + len(body)
		if t.name[1:] == "TRC" && curveAt != 0 {
			at = curveAt
		} else {
			body = append(body, t.data...)
			for len(body)%4 != 0 {
				body = append(body, 0)
			}
			if t.name == "rTRC" {
				curveAt = at
			}
		}
		table = append(table, t.name...)
		table = binary.BigEndian.AppendUint32(table, uint32(at))
		table = binary.BigEndian.AppendUint32(table, uint32(len(t.data)))
	}
	profile := append(append(header, table...), body...)
	binary.BigEndian.PutUint32(profile, uint32(len(profile)))
	return profile
}

// fixed16 is a/b in 16.16 fixed point, rounded.
func fixed16(a, b uint64) uint32 { return uint32((a<<16 + b/2) / b) }

func tagData(kind string, values ...uint32) []byte {
	out := append([]byte(kind), 0, 0, 0, 0)
	for _, v := range values {
		out = binary.BigEndian.AppendUint32(out, v)
	}
	return out
}

// wordsData is a text in one language.
func wordsData(s string) []byte {
	units := utf16.Encode([]rune(s))
	out := tagData("mluc", 1, 12)
	out = append(out, "enUS"...)
	out = binary.BigEndian.AppendUint32(out, uint32(2*len(units)))
	out = binary.BigEndian.AppendUint32(out, 28)
	for _, u := range units {
		out = binary.BigEndian.AppendUint16(out, u)
	}
	return out
}
