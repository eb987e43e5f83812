package api

import (
	"context"
	"net/http"

	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/client"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// ClientRow is one client as the organiser's client system knows them. What is left out stays as it is here.
type ClientRow struct {
	ExternalRef  string `json:"external_ref" minLength:"1" maxLength:"100" doc:"The client system's own name of the client, unique in the organiser" example:"ef-10442"`
	Identity     string `json:"identity" minLength:"11" maxLength:"11" doc:"Identity code (henkilötunnus); stored encrypted, never answered" example:"060544-9530"`
	LastName     string `json:"last_name" maxLength:"100" example:"Virtanen"`
	FirstNames   string `json:"first_names" maxLength:"100" example:"Maija"`
	Language     string `json:"language,omitempty" enum:"fi,sv,en"`
	Municipality string `json:"municipality,omitempty" maxLength:"3" pattern:"^[0-9]{3}$" doc:"Code of the home municipality" example:"900"`
	AddressLine  string `json:"address_line,omitempty" maxLength:"200"`
	Postcode     string `json:"postcode,omitempty" maxLength:"5"`
	City         string `json:"city,omitempty" maxLength:"100"`
	Phone        string `json:"phone,omitempty" maxLength:"50"`
	Email        string `json:"email,omitempty" maxLength:"200"`
	Protected    bool   `json:"protected,omitempty" doc:"Safety ban; never lifted by an import"`
}

// ImportBody is a list of clients.
type ImportBody struct {
	Clients []ClientRow `json:"clients" minItems:"1" maxItems:"1000"`
}

// ImportAnswer tells what became of each row.
type ImportAnswer struct {
	Added   int           `json:"added"`
	Changed int           `json:"changed"`
	Kept    int           `json:"kept"`
	Refused int           `json:"refused" doc:"Not stored: correct and send again"`
	Clients []ImportedRow `json:"clients"`
}

// ImportedRow is the outcome of one row, in its place.
type ImportedRow struct {
	ExternalRef string       `json:"external_ref"`
	Client      int64        `json:"client,omitempty" doc:"Number of the client, for granting"`
	Outcome     string       `json:"outcome" enum:"add,change,keep,refused"`
	Errors      []FieldError `json:"errors,omitempty" nullable:"false"`
}

func (a *API) clientOps() {
	register(a, Operation{ID: "import-clients", Method: http.MethodPost, Path: "/clients", Right: access.ClientImport, ClientData: true, Sides: organiserSide},
		about{tag: "clients", body: 2 << 20, errors: []int{400, 409, 413, 415}, summary: "Bring clients from the client system",
			description: "Up to 1,000 clients at once, told apart by identity code; the client system's external_ref is kept. The same rows again change nothing. Good rows go in, refused ones stay out and are named with every error."}, a.importClients)
}

func (a *API) importClients(ctx context.Context, c *call, in *struct {
	KeyHeader
	Body ImportBody
}) (*struct{ Body ImportAnswer }, error) {
	rows := make([]client.Row, len(in.Body.Clients))
	unreadable := map[int]error{}
	for i, r := range in.Body.Clients {
		rows[i] = client.Row{Line: i + 1, Details: client.Details{LastName: r.LastName, FirstNames: r.FirstNames, Language: i18n.Lang(r.Language), Municipality: r.Municipality,
			AddressLine: r.AddressLine, Postcode: r.Postcode, City: r.City, Phone: r.Phone, Email: r.Email, Protected: r.Protected, ExternalRef: r.ExternalRef}}
		hetu, err := ident.ParseHetu(r.Identity)
		if err != nil {
			unreadable[i] = err
			continue
		}
		rows[i].Identity = hetu
	}
	good := make([]client.Row, 0, len(rows))
	for i := range rows {
		if unreadable[i] == nil {
			good = append(good, rows[i])
		}
	}
	out := &struct{ Body ImportAnswer }{}
	return out, a.DB.Tenant(ctx, c.actor, func(tx *postgres.Tx) (err error) {
		out.Body, err = once(ctx, tx, c, in.IdempotencyKey, in.Body, func() (ImportAnswer, error) {
			receipt, plan, err := client.Import(ctx, tx, c.actor, a.Keys, c.actor.Organiser, client.FromAPI, good)
			if err != nil {
				return ImportAnswer{}, err
			}
			return a.imported(c, rows, unreadable, receipt, plan), nil
		})
		return err
	})
}

func (a *API) imported(c *call, rows []client.Row, unreadable map[int]error, receipt client.Receipt, plan client.Plan) ImportAnswer {
	out := ImportAnswer{Added: receipt.Added, Changed: receipt.Changed, Kept: receipt.Kept, Refused: receipt.Refused + len(unreadable), Clients: make([]ImportedRow, len(rows))}
	next := 0
	for i, r := range rows {
		row := ImportedRow{ExternalRef: r.ExternalRef, Outcome: string(client.Refused)}
		if err := unreadable[i]; err != nil {
			row.Errors = a.rowErrors(c, "clients", i, fault.All(fault.On(err, "identity")))
		} else {
			p := plan.Rows[next]
			next++
			row.Outcome, row.Client = string(p.Outcome), p.Client
			if p.Outcome == client.Refused {
				row.Client, row.Errors = 0, a.rowErrors(c, "clients", i, p.Faults)
			}
		}
		out.Clients[i] = row
	}
	return out
}
