package api

import (
	_ "embed"
	"encoding/json"
	"strings"

	"seteli/core/fault"
)

// Example is one request of the reference with its answer, as a test has asked it.
type Example struct {
	Operation      string          `json:"operation"`
	Method         string          `json:"method"`
	Path           string          `json:"path"` // without Prefix
	Key            bool            `json:"key"`  // sent with a key
	IdempotencyKey string          `json:"idempotency_key,omitempty"`
	Body           json.RawMessage `json:"body,omitempty"`
	Status         int             `json:"status"`
	Answer         json.RawMessage `json:"answer,omitempty"`
}

//go:embed examples.json
var examples []byte

// Examples are the requests of the reference.
func Examples() []Example {
	var list []Example
	if err := json.Unmarshal(examples, &list); err != nil {
		panic("api: examples.json: " + err.Error()) // part of the program; a test reads it
	}
	return list
}

// ErrorInfo is one code that an answer may carry.
type ErrorInfo struct {
	Code   string `json:"code"`
	Status int    `json:"status"`
	Text   Texts  `json:"text"` // values stand in braces
	Remedy Texts  `json:"remedy"`
}

//go:embed errors.json
var declared []byte

// declaredFault is one fault as the source declares it; errors.json is written by a test that reads the source.
type declaredFault struct {
	Code string `json:"code"`
	Kind string `json:"kind"`
	Key  string `json:"key"`
}

// Errors lists every code that the use cases behind the API may refuse with, its status, words and remedy.
func (a *API) Errors() []ErrorInfo {
	var list []declaredFault
	if err := json.Unmarshal(declared, &list); err != nil {
		panic("api: errors.json: " + err.Error()) // part of the program; a test reads it
	}
	out := make([]ErrorInfo, len(list))
	for i, d := range list {
		f := fault.New(kindsByName[d.Kind], d.Code, d.Key)
		out[i] = ErrorInfo{Code: d.Code, Status: statusOf(f), Text: a.raw(d.Key), Remedy: a.raw(d.Key + ".remedy")}
		if out[i].Remedy.Fi == "" {
			out[i].Remedy = a.raw("api.remedy." + strings.ReplaceAll(f.Kind.String(), " ", "_"))
		}
	}
	return out
}

var kindsByName = map[string]fault.Kind{"Internal": fault.Internal, "Invalid": fault.Invalid, "NotFound": fault.NotFound, "Conflict": fault.Conflict,
	"Stale": fault.Stale, "Forbidden": fault.Forbidden, "Unavailable": fault.Unavailable}

// Reference is everything that the reference pages are made of, as JSON; the description also as YAML.
type Reference struct{ OpenAPI, YAML, Checks, Errors, Examples []byte }

// Reference gives it, the same bytes in every run.
func (a *API) Reference() (r Reference, err error) {
	if r.YAML, err = a.OpenAPI(); err != nil {
		return r, err
	}
	if r.OpenAPI, err = a.OpenAPIJSON(); err != nil {
		return r, err
	}
	if r.Checks, err = json.MarshalIndent(a.Checks(), "", "  "); err != nil {
		return r, err
	}
	r.Errors, err = json.Marshal(a.Errors())
	r.Examples = examples
	return r, err
}
