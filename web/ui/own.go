package ui

import (
	"net/http"
)

// own is the audience of this package: error pages, accessibility, privacy, appearance, style guide.
func (s *Site) own() Audience {
	return Audience{
		Name: "ui", Templates: ownTemplates,
		Routes: []Route{
			{Method: "GET", Path: "/accessibility", Open: true, Handle: s.static("ui/accessibility")},
			{Method: "GET", Path: "/privacy", Open: true, Handle: s.static("ui/privacy")},
			{Method: "POST", Path: "/appearance", Open: true, Handle: s.appearance},
			{Method: "POST", Path: "/keep-form", Open: true, Handle: s.keep},
			{Method: "GET", Path: "/style-guide", Open: true, Handle: s.styleGuide},
			{Method: "POST", Path: "/style-guide", Open: true, Handle: s.styleGuide},
			{Method: "POST", Path: "/csp-report", Open: true, Plain: true, Body: 16 << 10, Handle: s.violation},
		},
		Pages: []PageSpec{
			Page("ui/error", errorView{Kind: "not_found", Code: "WEB-021", Reference: "0"}, errorView{Kind: "internal", Code: "WEB-024", Reference: "0"},
				errorView{Kind: "forbidden"}, errorView{Kind: "unavailable"}, errorView{Kind: "conflict"}, errorView{Kind: "stale", Written: []string{"x"}}, errorView{Kind: "invalid", Message: "x"}),
			Page[staticView]("ui/accessibility"),
			Page[staticView]("ui/privacy"),
			Page[guideView]("ui/style-guide"),
		},
		States: states,
	}
}

// staticView is a page of texts that needs only the organiser's contact, which the layout's session has.
type staticView struct{ Tenant Tenant }

func (s *Site) static(page string) func(http.ResponseWriter, *Request) error {
	return func(w http.ResponseWriter, r *Request) error {
		return s.Show(w, r, http.StatusOK, page, staticView{Tenant: r.Tenant})
	}
}

// appearance stores the choice of light or dark in a cookie and goes back; the server then writes the attribute,
// so the page never flashes in the wrong colours.
func (s *Site) appearance(w http.ResponseWriter, r *Request) error {
	f := r.Input()
	choice := f.Choice("appearance", "auto", "light", "dark")
	if f.Refused() {
		return f.Err()
	}
	age := 400 * 24 * 3600
	if choice == "auto" {
		age = -1
	}
	http.SetCookie(w, cookie(r.Request, appearanceCookie, choice, age))
	http.Redirect(w, r.Request, LocalReturn(f.Value("return"), "/"+string(r.Lang)+"/"), http.StatusSeeOther)
	return nil
}

// violation takes the browser's report of a breach of our own policy; the log alerts, the person sees nothing.
func (s *Site) violation(w http.ResponseWriter, r *Request) error {
	s.opt.Log.WarnContext(r.Context(), "content policy", "request", r.ID)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// states of the field that many audiences show; the first six words are those users know.
var states = map[string]State{
	"event.recorded":        {"ui.state.event.recorded", "grey"},
	"event.checking":        {"ui.state.event.checking", "blue"},
	"event.approved":        {"ui.state.event.approved", "green"},
	"event.settled":         {"ui.state.event.settled", "teal"},
	"event.paid":            {"ui.state.event.paid", "green"},
	"event.awaiting_credit": {"ui.state.event.awaiting_credit", "purple"},
	"event.rejected":        {"ui.state.event.rejected", "red"},
	"event.draft":           {"ui.state.event.draft", "grey"},
	"event.removed":         {"ui.state.event.removed", "grey"},
	"task.not_started":      {"ui.state.task.not_started", ""},
	"task.under_way":        {"ui.state.task.under_way", "blue"},
	"task.done":             {"ui.state.task.done", "green"},
	"task.expired":          {"ui.state.task.expired", "red"},
	"task.fetched":          {"ui.state.task.fetched", "blue"},
	"row.error":             {"ui.state.row.error", "red"},
	"row.warning":           {"ui.state.row.warning", "orange"},
	"row.good":              {"ui.state.row.good", "green"},
}
