package event

import (
	"bytes"
	"testing"
)

// Stored findings that are read are written the same again.
func FuzzFindings(f *testing.F) {
	f.Add([]byte(`[{"code":"QTY-09","field":"quantity","values":{"left":{"quantity":"1.5"},"day":{"date":"2026-12-01"},"sum":{"cents":1},"n":{"number":2},"who":{"text":"a"}}}]`))
	f.Add([]byte(`[{"code":"","values":{"x":{}}},null]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := UnmarshalFindings(raw)
		if err != nil {
			return
		}
		once, err := marshalFindings(list)
		if err != nil {
			t.Fatal(err)
		}
		again, err := UnmarshalFindings(once)
		if err != nil {
			t.Fatalf("%s is not read back: %v", once, err)
		}
		if twice, err := marshalFindings(again); err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%s becomes %s (%v)", once, twice, err)
		}
	})
}
