// Package assets serves styles, fonts and scripts: the folder dist, built by tools/assets and embedded, or only
// the small fallback style sheet when nothing has been built (a clean clone compiles and works without Node).
//
// All files of a build are served under one hash of the whole (/assets/3f2a…/seteli.css): addresses inside the
// files stay relative, and every answer may be kept for ever. It knows no page.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed all:dist fallback.css mark.svg
var files embed.FS

// Bundle is the files, ready to send.
type Bundle struct {
	hash  string
	built bool
	files map[string]file
}

type file struct {
	plain, packed []byte // packed is nil when packing saves nothing
	kind          string
}

// Load reads the embedded files and packs them once.
func Load() (*Bundle, error) {
	b := &Bundle{files: map[string]file{}}
	sum := sha256.New()
	add := func(name string, data []byte) error {
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
		packed, err := pack(name, data)
		if err != nil {
			return err
		}
		b.files[name] = file{plain: data, packed: packed, kind: kindOf(name)}
		return nil
	}
	err := fs.WalkDir(files, "dist", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		data, err := files.ReadFile(p)
		if err != nil {
			return err
		}
		return add(strings.TrimPrefix(p, "dist/"), data)
	})
	if err != nil {
		return nil, fmt.Errorf("reading assets: %w", err)
	}
	_, b.built = b.files["seteli.css"]
	for _, to := range []string{"fallback.css", "mark.svg"} {
		data, err := files.ReadFile(to)
		if err != nil {
			return nil, err
		}
		if err := add(to, data); err != nil {
			return nil, err
		}
		if to == "fallback.css" && !b.built {
			if err := add("seteli.css", data); err != nil {
				return nil, err
			}
		}
	}
	b.hash = hex.EncodeToString(sum.Sum(nil))[:12]
	return b, nil
}

// Built tells whether the real styles and scripts are there.
func (b *Bundle) Built() bool { return b.built }

// Has tells whether the file is there; pages leave out scripts that have not been built.
func (b *Bundle) Has(name string) bool { _, ok := b.files[name]; return ok }

// Path is the address of a file; "" when it has not been built.
func (b *Bundle) Path(name string) string {
	if !b.Has(name) {
		return ""
	}
	return "/assets/" + b.hash + "/" + name
}

// ServeHTTP answers a file. An address with an older hash gets the present file too, but may not be kept: a page
// that was open while the program was renewed goes on working.
func (b *Bundle) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/assets/"), "/")
	f, ok := b.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Vary", "Accept-Encoding")
	if hash == b.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	body := f.plain
	if f.packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.packed
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that left cannot be told
	}
}

func pack(name string, data []byte) ([]byte, error) {
	if path.Ext(name) == ".woff2" {
		return nil, nil
	}
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	if out.Len() >= len(data) {
		return nil, nil
	}
	return out.Bytes(), nil
}

// kindOf does not trust the machine's own table: it differs between systems.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".webmanifest":
		return "application/manifest+json"
	}
	return mime.TypeByExtension(path.Ext(name))
}
