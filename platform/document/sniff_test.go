package document

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"testing"

	"seteli/core/fault"
)

func TestSniffJudgesByContent(t *testing.T) {
	t.Parallel()
	var photo, scan bytes.Buffer
	picture := image.NewGray(image.Rect(0, 0, 8, 8))
	if err := png.Encode(&scan, picture); err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(&photo, picture, nil); err != nil {
		t.Fatal(err)
	}
	flood := bytes.Clone(scan.Bytes())
	binary.BigEndian.PutUint32(flood[16:], 60000)
	binary.BigEndian.PutUint32(flood[20:], 60000)
	pdf := func(body string) []byte { return []byte("%PDF-1.4\n" + body + "\n%%EOF\n") }
	letter, err := PDF(decision(), words(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, kind, code string
		data             []byte
	}{
		{"pdf", "application/pdf", "", pdf("1 0 obj <</Type/Catalog>>")},
		{"our own letter", "application/pdf", "", letter},
		{"file inside", "", "DOC-104", pdf("<</Type/EmbeddedFile/Subtype/application#2Fx-msdownload>>")},
		{"png", "image/png", "", scan.Bytes()},
		{"jpeg", "image/jpeg", "", photo.Bytes()},
		{"empty", "", "DOC-101", nil},
		{"too large", "", "DOC-102", make([]byte, MaxUpload+1)},
		{"page", "", "DOC-103", []byte("<html>")},
		{"spreadsheet", "", "DOC-103", []byte("PK\x03\x04xl/workbook.xml")},
		{"macros", "", "DOC-104", []byte("PK\x03\x04xl/vbaProject.bin")},
		{"old office", "", "DOC-104", []byte("\xD0\xCF\x11\xE0\xA1\xB1")},
		{"scanner's test", "", "DOC-104", pdf(string(eicar))},
		{"program", "", "DOC-104", []byte("MZ\x90")},
		{"script", "", "DOC-104", pdf("<</S/JavaScript/JS(app.alert(1))>>")},
		{"hidden script", "", "DOC-104", pdf("<</S/J#61vaScript>>")},
		{"name that only begins so", "application/pdf", "", pdf("<</JScale 1>>")},
		{"pixel flood", "", "DOC-105", flood},
		{"half a picture", "", "DOC-106", scan.Bytes()[:40]},
		{"half a photo", "", "DOC-106", photo.Bytes()[:10]},
		{"half a pdf", "", "DOC-106", []byte("%PDF-1.4\n1 0 obj")},
		{"locked", "", "DOC-107", pdf("trailer <</Encrypt 4 0 R>>")},
	} {
		got, err := Sniff(c.data)
		if fault.CodeOf(err) != c.code || got.Type != c.kind {
			t.Errorf("%s: got %q, %v; want %q, %q", c.name, got.Type, err, c.kind, c.code)
		}
	}
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("%PDF-1.4\n#4a%%EOF"))
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := Sniff(data)
		if (err == nil) != (got.Type != "") {
			t.Errorf("type %q with %v", got.Type, err)
		}
	})
}
