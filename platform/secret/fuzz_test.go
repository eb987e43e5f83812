package secret

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"seteli/core/fault"
)

// A damaged or forged box never opens, and is refused with its code.
func FuzzOpen(f *testing.F) {
	k, err := Generate()
	if err != nil {
		f.Fatal(err)
	}
	place := Place{Column: "client.note", Organiser: 17}
	text, err := k.Seal(place, []byte("invented"))
	if err != nil {
		f.Fatal(err)
	}
	code, err := k.SealCode(place, "010190-999W")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(code)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, box []byte) {
		if _, err := k.Open(place, box); (err == nil) != bytes.Equal(box, text) || err != nil && fault.CodeOf(err) != "SEC-001" {
			t.Errorf("text: %v", err)
		}
		if _, err := k.OpenCode(place, box); (err == nil) != bytes.Equal(box, code) || err != nil && fault.CodeOf(err) != "SEC-001" {
			t.Errorf("code: %v", err)
		}
	})
}

// A damaged key file is refused; what is accepted can do its work.
func FuzzKeyFile(f *testing.F) {
	dir := f.TempDir()
	if _, err := Create(dir); err != nil {
		f.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(dir, FileName))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add([]byte(`{"version":1,"sets":{}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := parse(data)
		if err != nil {
			return
		}
		place := Place{Column: "client.note", Organiser: 17}
		box, err := k.Seal(place, []byte("invented"))
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := k.Open(place, box); err != nil || string(plain) != "invented" {
			t.Errorf("%q, %v", plain, err)
		}
	})
}
