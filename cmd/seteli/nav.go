package main

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"seteli/platform/access"
	"seteli/web/ui"
)

// landing is the first page of each role after sign-in.
var landing = map[access.Role]string{
	access.Client: "/my", access.Representative: "/my",
	access.Signatory: "/applications", access.ProviderMainUser: "/reservations", access.ServiceResponsible: "/reservations", access.Preparer: "/applications", access.Recorder: "/reservations",
	access.Caseworker: "/work", access.ApplicationHandler: "/handling", access.DecisionMaker: "/handling", access.EventChecker: "/review",
	access.SettlementPreparer: "/finance/runs", access.SettlementApprover: "/finance/runs", access.MainUser: "/settings/services",
	access.StatisticsReader: "/steering", access.PrivacyOfficer: "/audit", access.Operator: "/operator",
}

// navigation says what each role sees beside each other, at most five entries; the pages behind them check the right again.
// "more" entries that do not fit are reached from the landing page.
var navigation = map[access.Role][]string{
	access.Client:             {"/my", "/services", "/my/income", "/my/readings", "/notices"},
	access.Representative:     {"/my", "/services", "/my/income", "/my/readings", "/notices"},
	access.Signatory:          {"/applications", "/prices", "/reservations", "/events", "/statements"},
	access.ProviderMainUser:   {"/reservations", "/events", "/import", "/statements", "/company"},
	access.ServiceResponsible: {"/reservations", "/events", "/prices", "/statements", "/applications"},
	access.Preparer:           {"/applications", "/company", "/notices"},
	access.Recorder:           {"/reservations", "/orders", "/events", "/till", "/notices"},
	access.Caseworker:         {"/work", "/clients", "/decisions", "/daycare", "/notices"},
	access.ApplicationHandler: {"/handling", "/handling/prices", "/handling/approvals", "/handling/checks", "/notices"},
	access.DecisionMaker:      {"/handling", "/handling/prices", "/handling/approvals", "/decisions", "/steering"},
	access.EventChecker:       {"/review", "/checked", "/notices"},
	access.SettlementPreparer: {"/finance/runs", "/finance/runs/new", "/finance/daycare", "/steering", "/notices"},
	access.SettlementApprover: {"/finance/runs", "/finance/daycare", "/steering", "/notices"},
	access.MainUser:           {"/settings/services", "/settings/staff", "/settings/budgets", "/settings/organiser", "/steering"},
	access.StatisticsReader:   {"/steering", "/daycare/economy", "/notices"},
	access.PrivacyOfficer:     {"/audit", "/access-log", "/notices"},
	access.Operator:           {"/operator", "/operator/municipalities", "/register", "/operations", "/notices"},
}

// below names pages that belong to an entry although their addresses do not begin with its: the entry is marked on them.
var below = map[string][]string{
	"/work": {"/income-reports", "/vouchers", "/changes"}, "/clients": {"/purses", "/onetime", "/income-import"}, "/decisions": {"/proposals"},
	"/daycare":      {"/guidance", "/daycare-objections", "/daycare-absences"},
	"/reservations": {"/care-units", "/proposals-of-places", "/exit"}, "/till": {"/use"},
	"/settings/services": {"/settings/hierarchy", "/daycare/rules", "/changes"}, "/settings/organiser": {"/settings/letters", "/settings/delegations", "/settings/keys", "/settings/income", "/settings/varda"},
	"/finance/runs": {"/finance/suppliers"}, "/steering": {"/daycare/economy"}, "/operator": {"/operator/thresholds"},
}

// arrange takes the entries that the packages offer and puts each role's navigation together. An entry named here that no
// package offers stops the start.
func arrange(audiences []ui.Audience) ([]ui.Audience, error) {
	offered, routed := map[string]ui.NavItem{}, []string{}
	for i := range audiences {
		for _, r := range audiences[i].Routes {
			routed = append(routed, r.Path)
		}
		for _, item := range audiences[i].Nav {
			offered[item.Path] = item
		}
		if len(audiences[i].Roles) > 0 {
			audiences[i].Nav = nil
		}
	}
	for _, role := range access.Roles() {
		a := ui.Audience{Name: "nav-" + string(role), Templates: embed.FS{}, Roles: []access.Role{role}}
		for _, path := range navigation[role] {
			item, ok := offered[path]
			if !ok {
				return nil, fmt.Errorf("navigation of %s: no page offers %s", role, path)
			}
			item.Also = below[path]
			for _, other := range item.Also {
				if !slices.ContainsFunc(routed, func(p string) bool { return p == other || strings.HasPrefix(p, other+"/") }) {
					return nil, fmt.Errorf("navigation of %s: no page stands at %s", role, other)
				}
			}
			a.Nav = append(a.Nav, item)
		}
		audiences = append(audiences, a)
	}
	return audiences, nil
}
