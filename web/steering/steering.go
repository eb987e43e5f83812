// Package steering is how an organiser sees where it stands: the dashboard of a month, spending against the budget with a forecast, the age
// of the review queue, the audit, and for the privacy officer who has read a client's data. The operator sees the health of the service.
//
// Every figure is also a table and a file. The package must not compute one: domain/statistics does, and says what may be told.
package steering

import (
	"context"
	"embed"
	"strconv"

	"seteli/core/fault"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/secret"
	"seteli/web/ui"
)

//go:embed templates/*.html
var templates embed.FS

// ActExported notes that the audit left the service as a file.
const ActExported = audit.Act("audit.exported")

// Pages holds what the pages need.
type Pages struct {
	DB      *postgres.DB
	Words   *i18n.Catalogue // of acts, things and jobs: rows of older programs may hold some that have no word
	Keys    *secret.Keys
	Cluster func(ctx context.Context) (postgres.Health, error) // nil when the database is not the program's own
}

var (
	errUnknown = fault.New(fault.NotFound, "STE-001", "steering.unknown")
	errSpan    = fault.New(fault.Invalid, "STE-002", "steering.span").At("until")
)

// Audience is the pages with their routes and navigation.
func (p *Pages) Audience() ui.Audience {
	all := ui.NewRoutes(ui.Route{})
	all.Get("/steering", access.StatisticsRead, p.dashboard)
	all.Get("/steering/services.csv", access.StatisticsRead, p.servicesFile)
	all.Get("/steering/spending.csv", access.StatisticsRead, p.spendingFile)
	all.Get("/steering/waiting.csv", access.StatisticsRead, p.waitingFile)
	all.Get("/audit", access.AuditRead, p.audit)
	all.Get("/audit/export.csv", access.AuditRead, p.auditFile)
	all.Clients().Form("/access-log", access.AccessLogRead, p.accessSearch)
	all.Clients().About("client").Get("/access-log/{client}", access.AccessLogRead, p.accessOf)
	all.Get("/operations", access.HealthRead, p.operations)
	return ui.Audience{
		Name: "steering", Templates: templates,
		Roles: []access.Role{access.Operator, access.MainUser, access.DecisionMaker, access.SettlementPreparer, access.SettlementApprover, access.StatisticsReader, access.PrivacyOfficer},
		Nav: []ui.NavItem{
			{Key: "steering.nav.dashboard", Path: "/steering", Right: access.StatisticsRead}, {Key: "steering.nav.audit", Path: "/audit", Right: access.AuditRead},
			{Key: "steering.nav.access", Path: "/access-log", Right: access.AccessLogRead}, {Key: "steering.nav.health", Path: "/operations", Right: access.HealthRead},
		},
		Routes: all.All(),
		Pages: []ui.PageSpec{
			ui.Page("steering/dashboard", dashboardView{}, sampleDashboard()), ui.Page("steering/audit", auditView{}, auditView{Table: sampleTable(), Export: "x"}),
			ui.Page("steering/access", accessView{}, accessView{Asked: true, Clients: sampleTable()}), ui.Page("steering/access-of", accessOfView{}, accessOfView{Name: "x", Table: sampleTable()}),
			ui.Page("steering/operations", operationsView{}, operationsView{Outbox: sampleTable(), Jobs: sampleTable()}),
		},
	}
}

func sampleTable() ui.Table {
	return ui.Table{Caption: "x", Columns: []ui.Column{{Text: "x"}}, Rows: [][]ui.Cell{{{Text: "x"}}}}
}

func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
