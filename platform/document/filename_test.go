package document_test

import (
	"strings"
	"testing"

	"seteli/platform/document"
)

func FuzzFileName(f *testing.F) {
	for _, s := range []string{"a.pdf", "../../etc/passwd", `C:\x\y.pdf`, "", "\u202egpj.exe", strings.Repeat("a", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, ok := document.FileName(s)
		if !ok {
			return
		}
		if name == "" || strings.ContainsAny(name, "/\\\"\r\n\x00") || len(name) > 200 {
			t.Errorf("%q became %q", s, name)
		}
		if again, ok := document.FileName(name); !ok || again != name {
			t.Errorf("%q is not stable: %q %v", name, again, ok)
		}
	})
}
