// Package apidoc is the reference of the API for programmers: pages made of the OpenAPI description by our own templates, every
// error code with its remedy, the check catalogue, examples, and the same as files.
//
// It knows JSON documents only; it must not know the API's types or the domain, so that the pages can show nothing but what is
// published.
package apidoc

import (
	"embed"
	"net/http"

	"seteli/core/fault"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// Source is what the pages are made of, as package api publishes it.
type Source struct {
	OpenAPI  []byte // JSON
	YAML     []byte
	Checks   []byte // JSON
	Errors   []byte // JSON
	Examples []byte // JSON
}

// Pages are the reference.
type Pages struct {
	src      Source
	groups   []group
	byID     map[string]*operation
	errors   []code
	checks   []check
	examples map[string]example
}

var errUnknown = fault.New(fault.NotFound, "APD-001", "apidoc.unknown")

// New reads the documents once; the pages are only written after that.
func New(src Source) (*Pages, error) {
	p := &Pages{src: src, byID: map[string]*operation{}, examples: map[string]example{}}
	return p, p.read()
}

// Audience is the pages with their routes.
func (p *Pages) Audience() ui.Audience {
	return ui.Audience{
		Name: "apidoc", Templates: templates,
		Routes: []ui.Route{
			{Method: "GET", Path: "/api", Open: true, Handle: p.overview},
			{Method: "GET", Path: "/api/operations/{operation}", Open: true, Handle: p.operation},
			{Method: "GET", Path: "/api/errors", Open: true, Handle: p.errorList},
			{Method: "GET", Path: "/api/checks", Open: true, Handle: p.checkList},
			{Method: "GET", Path: "/api/openapi.yaml", Open: true, Plain: true, Handle: file("application/yaml", p.src.YAML)},
			{Method: "GET", Path: "/api/openapi.json", Open: true, Plain: true, Handle: file("application/json", p.src.OpenAPI)},
			{Method: "GET", Path: "/api/checks.json", Open: true, Plain: true, Handle: file("application/json", p.src.Checks)},
		},
		Pages: []ui.PageSpec{
			ui.Page("apidoc/overview", overviewView{}, overviewView{Groups: p.groups}), ui.Page("apidoc/operation", operationView{Operation: &operation{}}, sample()),
			ui.Page("apidoc/errors", errorsView{}, errorsView{Codes: []codeRow{{Code: "X-1", Status: 422, Text: "x", Remedy: "y"}}}), ui.Page("apidoc/checks", checksView{}, checksView{Checks: []checkRow{{Code: "X-1", Severity: "warn", Reads: []readRow{{Fact: "a", Key: "apidoc.seen.own"}}}}}),
		},
	}
}

func file(media string, content []byte) func(http.ResponseWriter, *ui.Request) error {
	return func(w http.ResponseWriter, _ *ui.Request) error {
		w.Header().Set("Content-Type", media)
		_, err := w.Write(content)
		return err
	}
}

type overviewView struct{ Groups []group }

func (p *Pages) overview(w http.ResponseWriter, r *ui.Request) error {
	return r.Show(w, http.StatusOK, "apidoc/overview", overviewView{p.groups})
}

type operationView struct {
	Operation                *operation
	Parameters, Body, Answer ui.Table
	Example                  *example
}

func (p *Pages) operation(w http.ResponseWriter, r *ui.Request) error {
	o := p.byID[r.PathValue("operation")]
	if o == nil {
		return errUnknown
	}
	v := operationView{Operation: o, Parameters: table(r, "parameters", o.Parameters), Body: table(r, "body", o.Body), Answer: table(r, "fields", o.Answer)}
	if e, ok := p.examples[o.ID]; ok {
		v.Example = &e
	}
	return r.Show(w, http.StatusOK, "apidoc/operation", v)
}

// table shows fields; the words of the description are English on every page.
func table(r *ui.Request, caption string, fields []field) ui.Table {
	t := ui.Table{Caption: r.T("apidoc." + caption), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("apidoc.name")}, {Text: r.T("apidoc.type")}, {Text: r.T("apidoc.meaning")}}}
	for _, f := range fields {
		name := f.Name
		if f.Required {
			name += " *"
		}
		kind := f.Type
		if f.In != "" {
			kind = f.In + ", " + kind
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: name}, {Text: kind, Small: f.Limits, Lang: "en"}, {Text: f.Description, Lang: "en"}})
	}
	return t
}

type errorsView struct{ Codes []codeRow }

type codeRow struct {
	Code         string
	Status       int
	Text, Remedy string
}

func (p *Pages) errorList(w http.ResponseWriter, r *ui.Request) error {
	v := errorsView{Codes: make([]codeRow, len(p.errors))}
	for i, c := range p.errors {
		v.Codes[i] = codeRow{c.Code, c.Status, c.Text[string(r.Lang)], c.Remedy[string(r.Lang)]}
	}
	return r.Show(w, http.StatusOK, "apidoc/errors", v)
}

type checksView struct{ Checks []checkRow }

type checkRow struct {
	Code, Severity, Text, Remedy string
	Reads                        []readRow
}

type readRow struct{ Fact, Key string }

func (p *Pages) checkList(w http.ResponseWriter, r *ui.Request) error {
	v := checksView{Checks: make([]checkRow, len(p.checks))}
	for i, c := range p.checks {
		row := checkRow{Code: c.Code, Severity: c.Severity, Text: c.Text[string(r.Lang)], Remedy: c.Remedy[string(r.Lang)]}
		for _, read := range c.Reads {
			row.Reads = append(row.Reads, readRow{read.Fact, "apidoc.seen." + read.Seen})
		}
		v.Checks[i] = row
	}
	return r.Show(w, http.StatusOK, "apidoc/checks", v)
}

func sample() operationView {
	t := ui.Table{Caption: "x", Cards: true, Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{{{Text: "x"}}}}
	return operationView{&operation{ID: "x", Method: "GET", Path: "/api/v1/x", Right: "event.read", Description: "x", Statuses: []status{{"200", "OK"}}}, t, t, t,
		&example{Request: "x", Answer: "y", Status: 200}}
}
