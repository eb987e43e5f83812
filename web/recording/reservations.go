package recording

import (
	"net/http"
	"slices"

	"github.com/google/uuid"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/domain/catalogue"
	"seteli/domain/daycare/guidance"
	"seteli/domain/event"
	"seteli/domain/ledger"
	"seteli/domain/organiser"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// pageSize of lists.
const pageSize = 50

// eventsPage is for lists of events, whose rows are tall cards on a phone.
const eventsPage = 25

// reserved is a reservation with what its list and the recording form show beside it.
type reserved struct {
	voucher.Reservation
	Served  voucher.ServedClient
	Service catalogue.Service
	Content catalogue.Content
	Left    string
}

// reservations lists what may be recorded: the provider's valid reservations, with clients and what is left.
func (s *Pages) reservations(w http.ResponseWriter, r *ui.Request) error {
	var list []voucher.Reservation
	var proposed []guidance.Proposal
	err := s.DB.Read(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		if list, err = voucher.OfProvider(r.Context(), tx, r.Actor, true, voucher.Cursor{}, 500); err != nil || !r.Actor.Can(access.DaycareReport) {
			return err
		}
		proposed, err = guidance.OfProvider(r.Context(), tx, r.Actor, 1)
		return err
	})
	if err != nil {
		return err
	}
	rows, err := s.served(r, list, r.Today())
	if err != nil {
		return err
	}
	t := ui.Table{Caption: r.T("recording.reservations.title"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("recording.client")}, {Text: r.T("recording.content")},
		{Text: r.T("recording.number")}, {Text: r.T("recording.period")}, {Text: r.T("recording.unit")}, {Text: r.T("recording.left"), Numeric: true}},
		Empty: ui.Empty{Title: r.T("recording.reservations.none"), Text: r.T("recording.reservations.none.text")}}
	for _, x := range rows {
		name := ui.Cell{Text: x.Served.Name}
		if r.Actor.Can("event.record") {
			name.Href, name.Hidden = r.Path("/reservations/{organiser}/{reservation}/record", x.Organiser, x.ID), r.T("recording.record.title")
		}
		t.Rows = append(t.Rows, []ui.Cell{name, {Text: x.Content.Names.In(r.Lang), Small: x.Service.Names.In(r.Lang)}, {Text: x.Served.Number.Print()},
			{Text: r.Period(x.Period)}, {Text: x.UnitName}, {Text: x.Left, Numeric: true}})
	}
	links := []ui.Link{{Text: r.T("recording.reserve.title"), Href: r.Path("/reservations/new")}}
	if r.Actor.Can(access.OrderConfirm) { // not every role has room for them in its navigation
		links = append(links, ui.Link{Text: r.T("recording.reservations.orders"), Href: r.Path("/orders")})
	}
	links = append(links, ui.Link{Text: r.T("till.title"), Href: r.Path("/till")})
	if len(proposed) > 0 { // a company of early education
		links = append(links, ui.Link{Text: r.T("place.title"), Href: r.Path("/proposals-of-places")})
	}
	links = append(links, ui.Link{Text: r.T("onetime.use.title"), Href: r.Path("/use")})
	if r.Actor.Can(access.DaycareReport) {
		links = append(links, ui.Link{Text: r.T("daycareunit.link"), Href: r.Path("/care-units")})
	}
	return s.show(w, r, page{Title: r.T("recording.reservations.title"), Lead: r.T("recording.reservations.lead"), Bottom: []ui.Component{t}, Links: links})
}

// served adds clients, contents and balances: one transaction an organiser.
func (s *Pages) served(r *ui.Request, list []voucher.Reservation, day calendar.Date) ([]reserved, error) {
	by := map[int32][]voucher.Reservation{}
	for _, x := range list {
		by[x.Organiser] = append(by[x.Organiser], x)
	}
	var out []reserved
	for o, some := range by {
		err := s.DB.Tenant(r.Context(), r.Actor.In(o), func(tx *postgres.Tx) error {
			ids, lines := make([]int64, len(some)), make([]int64, len(some))
			for i, x := range some {
				ids[i], lines[i] = x.ID, x.Line
			}
			served, err := voucher.Served(r.Context(), tx, r.Actor, o, ids)
			if err != nil {
				return err
			}
			balances, err := ledger.Read(r.Context(), tx, o, lines)
			if err != nil {
				return err
			}
			services, err := catalogue.Services(r.Context(), tx, o, day)
			if err != nil {
				return err
			}
			for _, x := range some {
				one := reserved{Reservation: x, Served: served[x.ID]}
				if i := slices.IndexFunc(services, func(v catalogue.Service) bool { return v.ID == one.Served.Service }); i >= 0 {
					one.Service = services[i]
				}
				for _, c := range one.Service.Contents {
					if c.ID == one.Served.Content {
						one.Content = c
					}
				}
				one.Left = left(r, one, balances, day)
				out = append(out, one)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(out, func(a, b reserved) int {
		if a.Served.Name != b.Served.Name {
			if a.Served.Name < b.Served.Name {
				return -1
			}
			return 1
		}
		return int(a.ID - b.ID)
	})
	return out, nil
}

func left(r *ui.Request, x reserved, balances map[ledger.Key]ledger.Balance, day calendar.Date) string {
	q, c := event.Right{Line: x.Line, Recurrence: string(x.Served.Recurrence), Amount: x.Served.Amount, Cents: x.Served.AmountCents, Total: x.Served.Total}.Left(balances, day)
	if x.Served.AmountCents != nil {
		return r.Cents(c)
	}
	return r.Quantity(q, string(x.Content.Unit))
}

// reserve makes a reservation by the number that a client gave. The number goes by POST only: it stands in no address.
func (s *Pages) reserve(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	p := page{Title: r.T("recording.reserve.title"), Lead: r.T("recording.reserve.lead"), Form: f,
		Fields: []field{{Kind: "input", Name: "number", Label: r.T("recording.number"), Hint: r.T("recording.reserve.number.hint"), Width: 20}}, Buttons: []act{{Key: "recording.reserve.find"}}}
	if !f.Submitted() {
		return s.show(w, r, p)
	}
	no := ui.Read(f, "number", ident.ParseVoucherNumber)
	if f.Refused() {
		return s.show(w, r, p)
	}
	var org organiser.Organiser
	err := s.DB.National(r.Context(), func(tx *postgres.Tx) (err error) {
		org, err = organiser.ByPrefix(r.Context(), tx, no.Prefix())
		return err
	})
	if err != nil {
		f.Refuse(errNumber.At("number").Because(err))
		return s.show(w, r, p)
	}
	var v voucher.Voucher
	var choices []voucher.Choice
	var service catalogue.Service
	err = s.DB.Tenant(r.Context(), r.Actor.In(org.ID), func(tx *postgres.Tx) (err error) {
		if v, choices, err = voucher.ByNumber(r.Context(), tx, r.Actor, org.ID, no); err != nil {
			return err
		}
		service, err = catalogue.ServiceAt(r.Context(), tx, org.ID, v.Service, max(tx.Today(), v.Valid.From))
		return err
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.show(w, r, p)
	}
	p = s.reserveForm(r, p, org, v, choices, service)
	if f.Value("step") != "reserve" {
		f.Set("from", max(r.Today(), v.Valid.From))
		return s.show(w, r, p)
	}
	in := voucher.ReserveInput{Organiser: org.ID, Voucher: v.ID, Unit: f.ID("unit"), From: f.Date("from"), Plan: f.OptionalLongText("plan"), Terms: f.Bool("terms")}
	if f.Refused() {
		return s.show(w, r, p)
	}
	err = s.DB.Tenant(r.Context(), r.Actor.In(org.ID), func(tx *postgres.Tx) error {
		_, err := voucher.Reserve(r.Context(), tx, r.Actor, in)
		return err
	})
	if err != nil {
		if !f.Take(err) {
			return err
		}
		return s.show(w, r, p)
	}
	return r.SeeOther(w, "/reservations", "recording.reserve.done")
}

func (s *Pages) reserveForm(r *ui.Request, p page, org organiser.Organiser, v voucher.Voucher, choices []voucher.Choice, service catalogue.Service) page {
	rows := []ui.Row{{Key: r.T("recording.organiser"), Value: org.Names.In(r.Lang)}, {Key: r.T("recording.service"), Value: service.Names.In(r.Lang)}, {Key: r.T("recording.period"), Value: r.Period(v.Usable())}}
	var units []ui.Option
	for _, c := range choices {
		if !slices.ContainsFunc(units, func(o ui.Option) bool { return o.Value == ui.Digits(c.Unit) }) {
			units = append(units, ui.Option{Value: ui.Digits(c.Unit), Text: c.UnitName})
		}
		for _, content := range service.Contents {
			if content.ID == c.Content {
				rows = append(rows, ui.Row{Key: content.Names.In(r.Lang), Value: r.T("recording.price_per", "price", c.Price, "unit", r.T("unit."+string(content.Unit)+".one")), Small: c.UnitName})
			}
		}
	}
	p.Top = []ui.Component{ui.Summary{Title: v.Number.Print(), Rows: rows}}
	p.Hidden = []hidden{{"number", v.Number.String()}, {"step", "reserve"}}
	p.Lead = ""
	p.Fields = []field{{Kind: "radios", Name: "unit", Label: r.T("recording.unit"), Options: units}, {Kind: "date", Name: "from", Label: r.T("recording.reserve.from")},
		{Kind: "textarea", Name: "plan", Label: r.T("recording.reserve.plan"), Optional: true}, {Kind: "tick", Name: "terms", Label: r.T("recording.reserve.terms")}}
	p.Buttons = []act{{Key: "recording.reserve.go"}}
	return p
}

// newReference names one opening of a form: sent twice, it records once.
func newReference() string { return uuid.NewString() }
