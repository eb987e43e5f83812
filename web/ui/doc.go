// Package ui is the shape that all pages share: routes with their right, languages, the request of a signed-in
// person, forms that keep what was typed, components in GOV.UK markup, page frames, error pages and the
// protections around them.
//
// It knows HTTP, templates, texts and who asks. It knows no voucher, no price and no database: pages of the
// audiences (web/public, web/citizen, …) bring routes, templates and states in an Audience, and cmd/seteli
// wires sessions and drafts into Options.
//
// A page in short:
//
//	//go:embed templates/*.html
//	var templates embed.FS
//
//	func (s *Site) Audience() ui.Audience {
//		return ui.Audience{
//			Name: "organiser", Templates: templates,
//			Nav:    []ui.NavItem{{Key: "organiser.nav.queue", Path: "/queue", Right: access.EventCheck}},
//			Routes: []ui.Route{{Method: "GET", Path: "/vouchers/{number}/close", Right: access.VoucherClose, Handle: s.closeForm}},
//			Pages:  []ui.PageSpec{ui.Page("organiser/voucher-close", closeView{})},
//		}
//	}
//
// templates/voucher-close.html defines "title" (also the h1), optionally "caption" and "heading", and "main".
// Inside, the dot is the page's own struct; t, cents, date, path, input, show … are functions (see funcs.go).
package ui
