package apidoc_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"seteli/web/apidoc"
	"seteli/web/browser"
	"seteli/web/ui"
	"seteli/web/ui/uitest"
)

// source is what package api publishes, from its golden files; errors and checks are shortened.
func source(t testing.TB) apidoc.Source {
	t.Helper()
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("..", "..", "api", name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	src := apidoc.Source{YAML: read("testdata/openapi.yaml"), Examples: read("examples.json")}
	var tree any
	if err := yaml.Unmarshal(src.YAML, &tree); err != nil {
		t.Fatal(err)
	}
	var err error
	if src.OpenAPI, err = json.Marshal(tree); err != nil {
		t.Fatal(err)
	}
	words := `{"fi":"Suomeksi {n}","sv":"På svenska {n}","en":"In English {n}"}`
	src.Errors = []byte(`[{"code":"API-002","status":422,"text":` + words + `,"remedy":` + words + `}]`)
	src.Checks = []byte(`{"checks":[{"code":"QTY-01","severity":"review","reads":[{"fact":"voucher.left","seen":"own"}],"text":` + words + `,"remedy":` + words + `}]}`)
	return src
}

func serve(t testing.TB) (*httptest.Server, apidoc.Source) {
	t.Helper()
	src := source(t)
	pages, err := apidoc.New(src)
	if err != nil {
		t.Fatal(err)
	}
	return uitest.Serve(t, uitest.New(t, ui.Session{}, pages.Audience())), src
}

func get(t testing.TB, url string) (int, string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

func TestEveryOperationHasAPageInEveryLanguage(t *testing.T) {
	t.Parallel()
	server, src := serve(t)
	var doc struct {
		Paths map[string]map[string]struct{ OperationID, Summary string }
	}
	if err := json.Unmarshal(src.OpenAPI, &doc); err != nil {
		t.Fatal(err)
	}
	n := 0
	for path, methods := range doc.Paths {
		for method, o := range methods {
			n++
			for _, lang := range []string{"fi", "sv", "en"} {
				status, body := get(t, server.URL+"/"+lang+"/api/operations/"+o.OperationID)
				if status != 200 || !strings.Contains(body, strings.ToUpper(method)+" /api/v1"+path) || strings.Contains(body, "[apidoc.") {
					t.Errorf("%s %s: %d", lang, o.OperationID, status)
				}
			}
			if _, body := get(t, server.URL+"/en/api"); !strings.Contains(body, o.OperationID) {
				t.Errorf("%s is not on the overview", o.OperationID)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d operations", n)
	}
	if status, _ := get(t, server.URL+"/fi/api/operations/nothing"); status != 404 {
		t.Errorf("an unknown operation: %d", status)
	}
	if _, body := get(t, server.URL+"/en/api/operations/record-events"); !strings.Contains(body, "lines[].client_reference") || !strings.Contains(body, "curl -X POST") || !strings.Contains(body, "event.record") {
		t.Error("the page of recording lacks fields, example or right")
	}
}

func TestCodesAndFilesAreServed(t *testing.T) {
	t.Parallel()
	server, src := serve(t)
	for lang, word := range map[string]string{"fi": "Suomeksi", "sv": "På svenska", "en": "In English"} {
		for _, page := range []string{"errors", "checks"} {
			if status, body := get(t, server.URL+"/"+lang+"/api/"+page); status != 200 || !strings.Contains(body, word) {
				t.Errorf("%s %s: %d", lang, page, status)
			}
		}
	}
	if _, body := get(t, server.URL+"/en/api/errors"); !strings.Contains(body, `id="API-002"`) {
		t.Error("a problem's type leads to no place")
	}
	for name, want := range map[string][]byte{"openapi.yaml": src.YAML, "openapi.json": src.OpenAPI, "checks.json": src.Checks} {
		if status, body := get(t, server.URL+"/api/"+name); status != 200 || body != string(want) {
			t.Errorf("%s: %d", name, status)
		}
	}
}

func TestPagesRenderAndAreReadableByEverybody(t *testing.T) {
	t.Parallel()
	pages, err := apidoc.New(source(t))
	if err != nil {
		t.Fatal(err)
	}
	uitest.Pages(t, pages.Audience())
	server, _ := serve(t)
	b := browser.Start(t)
	for _, page := range []string{"api", "api/errors", "api/checks", "api/operations/record-events"} {
		address := fmt.Sprintf("%s/fi/%s", server.URL, page)
		for _, v := range b.Axe(t, browser.Page{URL: address}) {
			t.Errorf("%s: %s", page, v)
		}
		if wide := b.Reflow(t, browser.Page{URL: address}); wide != 0 {
			t.Errorf("%s is %d px too wide at 320 px", page, wide)
		}
		if dir := os.Getenv("PICTURES"); dir != "" { // for a person's eyes
			for _, width := range []int64{1240, 375} {
				png := b.Picture(t, browser.Page{URL: address, Width: width})
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.png", strings.ReplaceAll(page, "/", "-"), width)), png, 0o600); err != nil {
					t.Error(err)
				}
			}
		}
	}
}
