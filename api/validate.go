package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"seteli/core/fault"
)

// refusal words what the library found before the operation ran: everything that is wrong with the form of the request at once.
func (c *call) refusal(ctx context.Context, status int, errs []error) *Problem {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return c.api.problem(ctx, c.lang, errTooLarge)
	case http.StatusUnsupportedMediaType, http.StatusNotAcceptable:
		return c.api.problem(ctx, c.lang, errMedia)
	case http.StatusInternalServerError:
		return c.api.problem(ctx, c.lang, errors.Join(errs...))
	}
	var faults fault.List
	for _, err := range errs {
		var d huma.ErrorDetailer
		if errors.As(err, &d) {
			faults = append(faults, faultOf(d.ErrorDetail()))
		}
	}
	if len(faults) == 0 || status == http.StatusBadRequest && allOfBody(faults) {
		return c.api.problem(ctx, c.lang, errBody.Because(errors.Join(errs...)))
	}
	return c.api.problem(ctx, c.lang, faults.Err())
}

// allOfBody tells that nothing names a place within the body: it is no JSON at all.
func allOfBody(faults fault.List) bool {
	for _, f := range faults {
		if f.Field != "#" {
			return false
		}
	}
	return true
}

var kinds = map[string]*fault.Fault{"unknown": errUnknown, "required": errRequired, "type": errType, "bounds": errBounds, "length": errLength, "form": errForm, "choice": errChoice}

// faultOf reads "word|value" (overrideErrors). What the library says in its own words is a value that cannot be read.
func faultOf(d *huma.ErrorDetail) *fault.Fault {
	word, value, _ := strings.Cut(d.Message, "|")
	f, known := kinds[word]
	switch {
	case known:
		f = f.With("expected", value)
	case strings.Contains(d.Message, "parameter is missing"):
		f = errRequired
	case strings.Contains(d.Message, "unknown query parameter"), strings.Contains(d.Message, "unexpected query parameter"):
		f = errUnknown
	default:
		f = errValue
	}
	field := place(d.Location)
	if word == "required" && value != "" {
		field += "/" + value
	}
	return f.At(field)
}

// place makes "#/lines/0/date" of "body.lines[0].date", and "query:from" of "query.from".
func place(location string) string {
	in, rest, _ := strings.Cut(location, ".")
	if in != "body" {
		if in == "path" || in == "query" || in == "header" {
			return in + ":" + rest
		}
		return "#"
	}
	if rest == "" {
		return "#"
	}
	rest = strings.NewReplacer("~", "~0", "/", "~1", "[", ".", "]", "").Replace(rest)
	return "#/" + strings.ReplaceAll(rest, ".", "/")
}
