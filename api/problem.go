package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"seteli/core/fault"
	"seteli/platform/audit"
	"seteli/platform/i18n"
)

// Refusals of this package. What the form of a field must be is refused by errForm's family, everything else by the use cases.
var (
	errBody      = fault.New(fault.Invalid, "API-001", "api.body_unreadable")
	errFields    = fault.New(fault.Invalid, "API-002", "api.fields")
	errTooLarge  = fault.New(fault.Invalid, "API-003", "api.body_too_large")
	errAddress   = fault.New(fault.NotFound, "API-006", "api.no_such_address")
	errMedia     = fault.New(fault.Invalid, "API-007", "api.media_type")
	errDown      = fault.New(fault.Unavailable, "API-008", "api.down")
	errInternal  = fault.New(fault.Internal, "API-009", "api.internal")
	errRequired  = fault.New(fault.Invalid, "API-010", "api.field.required")
	errUnknown   = fault.New(fault.Invalid, "API-011", "api.field.unknown")
	errType      = fault.New(fault.Invalid, "API-012", "api.field.type")
	errBounds    = fault.New(fault.Invalid, "API-013", "api.field.bounds")
	errLength    = fault.New(fault.Invalid, "API-014", "api.field.length")
	errForm      = fault.New(fault.Invalid, "API-015", "api.field.form")
	errChoice    = fault.New(fault.Invalid, "API-016", "api.field.choice")
	errValue     = fault.New(fault.Invalid, "API-017", "api.field.value")
	errNone      = fault.New(fault.NotFound, "API-018", "api.not_found")
	errReference = fault.New(fault.Invalid, "API-019", "api.reference_needed")
	errRejected  = fault.New(fault.Invalid, "API-020", "api.all_rejected")
	errOther     = fault.New(fault.Conflict, "API-021", "api.reference_of_other")
	errNotMade   = fault.New(fault.NotFound, "API-022", "api.document_not_made")
)

// Problem is a refusal as RFC 9457 describes it. Its bytes are the same each time.
type Problem struct {
	Type     string        `json:"type" format:"uri-reference" doc:"Address of the code in the reference" example:"/en/api/errors#API-002"`
	Title    string        `json:"title" doc:"What kind of refusal, in the language asked for"`
	Status   int           `json:"status" example:"422"`
	Code     string        `json:"code" doc:"Stable code, never reused" example:"API-002"`
	Detail   string        `json:"detail" doc:"What is wrong, in the language asked for"`
	Remedy   string        `json:"remedy,omitempty" doc:"What to do about it"`
	Errors   []FieldError  `json:"errors,omitempty" nullable:"false" doc:"Everything that is wrong, each with its place"`
	Verdicts []VerdictBody `json:"verdicts,omitempty" nullable:"false" doc:"When every line of a batch was rejected: the verdicts, as in the answer of success"`
	Request  string        `json:"request,omitempty" doc:"Reference of the request, for support; only with status 500"`

	retry int
	cause error
}

// FieldError is one thing that is wrong.
type FieldError struct {
	Code    string `json:"code" example:"API-010"`
	Pointer string `json:"pointer,omitempty" doc:"JSON pointer into the body" example:"#/lines/0/date"`
	In      string `json:"in,omitempty" enum:"path,query,header" doc:"When it is not in the body"`
	Name    string `json:"name,omitempty" doc:"Name of the parameter when it is not in the body"`
	Detail  string `json:"detail"`
	Remedy  string `json:"remedy,omitempty"`
}

// Error is for logs.
func (p *Problem) Error() string { return p.Code + " " + p.Detail }

// Unwrap gives the cause, for logs and tests.
func (p *Problem) Unwrap() error { return p.cause }

// GetStatus tells the library the status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType tells the library the media type.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders tells the library when to come back.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retry))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="seteli"`)
	}
	return h
}

// statuses of codes whose kind does not tell it.
var statuses = map[string]int{
	"API-001": http.StatusBadRequest, "API-003": http.StatusRequestEntityTooLarge, "API-004": http.StatusUnauthorized, "API-005": http.StatusTooManyRequests,
	"API-007": http.StatusUnsupportedMediaType, "ACC-002": http.StatusUnauthorized, "ACC-020": http.StatusUnauthorized,
}

func statusOf(err error) int {
	if s := statuses[fault.CodeOf(err)]; s != 0 {
		return s
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict, fault.Stale:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// panicked is a defect.
type panicked struct{ value any }

func (p panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// problem turns any error into the answer. An unknown error leaks nothing: it is logged with the request's reference.
func (a *API) problem(ctx context.Context, lang i18n.Lang, err error) *Problem {
	var made *Problem
	if errors.As(err, &made) {
		return made
	}
	faults := fault.All(err)
	status := statusOf(err)
	if status == http.StatusInternalServerError {
		request := audit.Request(ctx)
		a.Log.ErrorContext(ctx, "request failed", "request", request, "code", fault.CodeOf(err), "error", err)
		p := a.about(lang, errInternal, status)
		p.Request, p.cause = request, err
		return p
	}
	p := a.about(lang, faults[0], status)
	p.cause = err
	if status == http.StatusServiceUnavailable {
		p.retry = 1
	}
	if n, ok := faults[0].Values["n"].(int); ok && status == http.StatusTooManyRequests {
		p.retry = n
	}
	if len(faults) > 1 || faults[0].Field != "" {
		for _, f := range faults {
			p.Errors = append(p.Errors, a.fieldError(lang, f))
		}
	}
	if len(faults) > 1 {
		p.Code, p.Type = errFields.Code, typeOf(errFields.Code)
		p.Detail, p.Remedy = a.Texts.Text(lang, errFields.Key, map[string]any{"n": len(faults)}), a.remedy(lang, errFields)
	}
	return p
}

func typeOf(code string) string { return "/en/api/errors#" + code }

func (a *API) about(lang i18n.Lang, f *fault.Fault, status int) *Problem {
	return &Problem{Type: typeOf(f.Code), Title: a.Texts.Text(lang, "api.status."+strconv.Itoa(status), nil), Status: status, Code: f.Code,
		Detail: a.Texts.Fault(lang, f), Remedy: a.remedy(lang, f)}
}

func (a *API) fieldError(lang i18n.Lang, f *fault.Fault) FieldError {
	e := FieldError{Code: f.Code, Detail: a.Texts.Fault(lang, f), Remedy: a.remedy(lang, f)}
	switch in, name, _ := strings.Cut(f.Field, ":"); in {
	case "path", "query", "header":
		e.In, e.Name = in, name
	default:
		e.Pointer = pointer(f.Field)
	}
	return e
}

// pointer makes a JSON pointer of a field as the use cases name it ("rows.3.postcode", "reason"); "" stays.
func pointer(field string) string {
	if field == "" || strings.HasPrefix(field, "#") {
		return field
	}
	return "#/" + strings.ReplaceAll(field, ".", "/")
}

// remedy is the fault's own when it has one, else what its kind always means.
func (a *API) remedy(lang i18n.Lang, f *fault.Fault) string {
	key := f.Key + ".remedy"
	if !a.Texts.Has(key) {
		key = "api.remedy." + strings.ReplaceAll(f.Kind.String(), " ", "_")
	}
	return a.Texts.Text(lang, key, f.Values)
}

// send writes a problem where the library is not at work.
func (a *API) send(w http.ResponseWriter, lang i18n.Lang, p *Problem) {
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Content-Language", string(lang))
	w.WriteHeader(p.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(p); err != nil {
		a.Log.Debug("answer not sent", "error", err) // the caller went away
	}
}

var override sync.Once

// overrideErrors makes the library's refusals ours. Its messages become a word and a value, which validate.go words in the
// caller's language; the library keeps them in package variables, so this is done once for the process.
func overrideErrors() {
	override.Do(func() {
		huma.DefaultArrayNullable = false
		huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
			return &Problem{Status: status, Code: errInternal.Code, Title: http.StatusText(status), Detail: msg, cause: errors.Join(errs...)}
		}
		huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
			c := callOf(ctx.Context())
			if c == nil {
				return huma.NewError(status, msg, errs...)
			}
			return c.refusal(ctx.Context(), status, errs)
		}
		validation.MsgUnexpectedProperty = "unknown|"
		validation.MsgExpectedRequiredProperty = "required|%s"
		for word, messages := range map[string][]*string{
			"form|date-time": {&validation.MsgExpectedRFC3339DateTime}, "form|date": {&validation.MsgExpectedRFC3339Date},
			"form|e-mail":  {&validation.MsgExpectedRFC5322Email},
			"type|boolean": {&validation.MsgExpectedBoolean}, "type|number": {&validation.MsgExpectedNumber}, "type|integer": {&validation.MsgExpectedInteger},
			"type|string": {&validation.MsgExpectedString}, "type|array": {&validation.MsgExpectedArray}, "type|object": {&validation.MsgExpectedObject},
			"choice|%s": {&validation.MsgExpectedOneOf}, "form|%s": {&validation.MsgExpectedBePattern, &validation.MsgExpectedMatchPattern},
			"bounds|≥ %v": {&validation.MsgExpectedMinimumNumber}, "bounds|≤ %v": {&validation.MsgExpectedMaximumNumber},
			"length|≥ %d": {&validation.MsgExpectedMinLength, &validation.MsgExpectedMinItems}, "length|≤ %d": {&validation.MsgExpectedMaxLength, &validation.MsgExpectedMaxItems},
		} {
			for _, m := range messages {
				*m = word
			}
		}
	})
}
