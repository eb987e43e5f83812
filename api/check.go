package api

import (
	"context"
	"net/http"

	"seteli/domain/event"
	"seteli/platform/i18n"
)

// Texts are words in the three languages.
type Texts struct {
	Fi string `json:"fi"`
	Sv string `json:"sv"`
	En string `json:"en"`
}

// CheckBody is one rule that lines are judged by.
type CheckBody struct {
	Code     string     `json:"code" example:"QTY-01"`
	Version  int        `json:"version"`
	Severity string     `json:"severity" enum:"warn,review,reject" doc:"The gravest that it can be"`
	Reads    []ReadBody `json:"reads" doc:"What it looks at. What rejects reads only what the sender can see (own) or everybody (public)."`
	Text     Texts      `json:"text" doc:"Values stand in braces"`
	Remedy   Texts      `json:"remedy"`
}

// ReadBody is a fact that a check uses.
type ReadBody struct {
	Fact string `json:"fact" example:"voucher.left"`
	Seen string `json:"seen" enum:"own,public,organiser,third"`
}

// CheckList is the published catalogue.
type CheckList struct {
	Checks []CheckBody `json:"checks"`
}

// Checks is the catalogue of checks with its texts in three languages.
func (a *API) Checks() CheckList {
	seen := map[event.Visibility]string{event.Own: "own", event.Public: "public", event.Organiser: "organiser", event.Third: "third"}
	list := CheckList{}
	for _, c := range event.Checks() {
		b := CheckBody{Code: c.Code, Version: c.Version, Severity: severity(c.Severity), Text: a.raw("check." + c.Code), Remedy: a.raw("check." + c.Code + ".remedy")}
		for _, r := range c.Reads {
			b.Reads = append(b.Reads, ReadBody{r.Fact, seen[r.Seen]})
		}
		list.Checks = append(list.Checks, b)
	}
	return list
}

// raw gives a text with its placeholders as they are.
func (a *API) raw(key string) Texts {
	return Texts{a.Texts.Raw(i18n.FI, key), a.Texts.Raw(i18n.SV, key), a.Texts.Raw(i18n.EN, key)}
}

// HealthBody tells that the program and its database answer.
type HealthBody struct {
	Status string `json:"status" enum:"ok"`
}

func (a *API) checksOps() {
	register(a, Operation{ID: "health", Method: http.MethodGet, Path: "/health", Open: true}, about{tag: "about", summary: "Does the program answer"},
		func(ctx context.Context, c *call, _ *struct{}) (*struct{ Body HealthBody }, error) {
			if err := a.DB.Ping(ctx); err != nil {
				return nil, errDown.Because(err)
			}
			return &struct{ Body HealthBody }{HealthBody{"ok"}}, nil
		})
	register(a, Operation{ID: "list-checks", Method: http.MethodGet, Path: "/checks", Open: true}, about{tag: "about", summary: "The check catalogue", description: "Every check that a recorded event goes through: code, severity, what it reads, text and remedy in three languages. Codes are never reused."},
		func(context.Context, *call, *struct{}) (*struct{ Body CheckList }, error) {
			return &struct{ Body CheckList }{a.Checks()}, nil
		})
}
