package ui

import (
	"errors"
	"log/slog"
	"net/http"

	"seteli/core/fault"
	"seteli/platform/access"
)

// errorView is the page of an error.
type errorView struct {
	Kind      string // text keys ui.error.<kind>.title, .help
	Message   string // the fault's own words; empty for internal errors, which leak nothing
	Code      string
	Reference string
	Written   []string // what was typed on a form whose page cannot be shown again
}

// statusOf gives the status of a kind; unknown errors are internal.
func statusOf(k fault.Kind) (status int, kind string) {
	switch k {
	case fault.Invalid:
		return http.StatusUnprocessableEntity, "invalid"
	case fault.NotFound:
		return http.StatusNotFound, "not_found"
	case fault.Conflict:
		return http.StatusConflict, "conflict"
	case fault.Stale:
		return http.StatusConflict, "stale"
	case fault.Forbidden:
		return http.StatusForbidden, "forbidden"
	case fault.Unavailable:
		return http.StatusServiceUnavailable, "unavailable"
	}
	return http.StatusInternalServerError, "internal"
}

// fail turns an error into status, page and log line; it gives the code for the request's line.
// A missing object and another organiser's object come here as the same NotFound and answer the same.
func (s *Site) fail(w *answer, r *Request, err error) string {
	code := fault.CodeOf(err)
	var left *gone
	if errors.As(err, &left) || r.Context().Err() != nil {
		s.opt.Log.DebugContext(r.Context(), "client went away", "request", r.ID)
		return code
	}
	if errors.Is(err, access.ErrSignIn) && !r.SignedIn && w.status == 0 {
		if err = s.signIn(w, r); err == nil {
			return code
		}
	}
	kind := fault.KindOf(err)
	if tooLarge(err) {
		kind, code = fault.Invalid, errForm.Code
	}
	status, name := statusOf(kind)
	level := slog.LevelInfo
	if status >= 500 {
		level = slog.LevelError
		if code == "" {
			code = errInternal.Code
		}
	}
	s.opt.Log.LogAttrs(r.Context(), level, "refused", slog.String("request", r.ID), slog.String("route", r.Route.Key()),
		slog.String("code", code), slog.String("kind", kind.String()), slog.String("error", err.Error()))
	if w.status != 0 {
		return code // the answer is under way; the reader sees it end early
	}
	view := errorView{Kind: name, Code: code, Reference: r.ID}
	if all := fault.All(err); len(all) > 0 && kind != fault.Internal && kind != fault.NotFound {
		view.Message = s.faultText(r.Lang, all[0])
	}
	if kind == fault.NotFound {
		view.Code = ErrNoPage.Code // the code would tell a missing object from a missing page
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "30")
	}
	w.Header().Set("Cache-Control", "no-store")
	if r.Method == http.MethodPost && kind != fault.Forbidden {
		view.Written = r.Input().Written() // nothing that somebody wrote is lost with the page
	}
	r.form = nil
	if err := s.Show(w, r, status, "ui/error", view); err != nil {
		s.opt.Log.ErrorContext(r.Context(), "error page failed", "request", r.ID, "error", err.Error())
		if w.status == 0 {
			http.Error(w, view.Code+" "+r.ID, status)
		}
	}
	return code
}
