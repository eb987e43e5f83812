package daycare

import (
	"context"
	"net/http"
	"strings"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/admission"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store"
	"seteli/domain/register"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// factKind is one kind of what is recorded of a child.
type factKind struct {
	what, path string
	saved      func(store.Record) []store.Saved
	fill       func(f *ui.Form, r store.Record, row int64)
	save       func(p *Pages, r *ui.Request, f *ui.Form, in factInput) func(context.Context, *postgres.Tx) error
}

// factInput is what every form has.
type factInput struct {
	of    store.Of
	saved store.Saved
	old   store.Record
	view  *factView
}

var facts = []factKind{
	{"head", "heads", func(r store.Record) []store.Saved {
		return savedOf(r.Heads, func(x store.Head) store.Saved { return x.Saved })
	}, func(*ui.Form, store.Record, int64) {}, saveHead},
	{"placement", "placements", func(r store.Record) []store.Saved {
		return savedOf(r.Placements, func(x store.Placement) store.Saved { return x.Saved })
	}, fillPlacement, savePlacement},
	{"need", "needs", func(r store.Record) []store.Saved {
		return savedOf(r.Needs, func(x store.Need) store.Saved { return x.Saved })
	}, fillNeed, saveNeed},
	{"support", "supports", func(r store.Record) []store.Saved {
		return savedOf(r.Supports, func(x store.Support) store.Saved { return x.Saved })
	}, fillSupport, saveSupport},
	{"alteration", "alterations", func(r store.Record) []store.Saved {
		return savedOf(r.Alterations, func(x store.Alteration) store.Saved { return x.Saved })
	}, fillAlteration, saveAlteration},
	{"ready", "own-shares", func(r store.Record) []store.Saved {
		return savedOf(r.Ready, func(x store.ReadyShare) store.Saved { return x.Saved })
	}, func(f *ui.Form, r store.Record, i int64) { f.Set("amount", r.Ready[i].Share) }, saveReady},
}

func savedOf[T any](list []T, of func(T) store.Saved) []store.Saved {
	out := make([]store.Saved, len(list))
	for i, x := range list {
		out[i] = of(x)
	}
	return out
}

type factView struct {
	Form                          *ui.Form
	ID                            int64 // of the child
	Row                           int64 // 0 = a new one
	What                          string
	Name                          string
	Head                          string // of a head that is edited
	Units, Kinds, Payers, Options []ui.Option
	Types, Sizes                  []ui.Option
	told                          string // key of what is said after saving
}

// fact adds, changes, ends or takes out one thing that is recorded of a child. The drafts of the family are made anew at once, so that the
// child's page shows what came of it.
func (p *Pages) fact(k factKind) func(http.ResponseWriter, *ui.Request) error {
	return func(w http.ResponseWriter, r *ui.Request) error {
		a, err := p.about(r)
		if err != nil {
			return err
		}
		f := r.Input()
		v := factView{Form: f, ID: a.record.Child, Name: a.record.Name, What: k.what, told: "daycarework.saved", Kinds: a.words.kinds, Options: a.words.options}
		f.Set("from", r.Today())
		if r.PathValue("row") != "" {
			if err := fillRow(r, f, k, a, &v); err != nil {
				return err
			}
		}
		if err := p.choices(r, &v, a); err != nil {
			return err
		}
		if f.Submitted() {
			in := factInput{of: store.Of{Organiser: r.Actor.Organiser, Child: v.ID}, old: a.record, view: &v}
			in.saved = store.Saved{ID: v.Row, RowVersion: version(f), Period: readPeriod(f), Remove: f.Value("act") == "remove"}
			act := k.save(p, r, f, in)
			if !f.Refused() {
				err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
					if err := act(ctx, tx); err != nil {
						return err
					}
					_, err := store.Regenerate(ctx, tx, r.Actor, r.Actor.Organiser, []int64{v.ID})
					if setUp(err) {
						return nil // they are made when the rules are there
					}
					return err
				})
				if err == nil {
					return r.SeeOther(w, "/daycare/children/"+ui.Digits(v.ID), v.told)
				}
				if !f.Take(err) {
					return err
				}
			}
		}
		return r.Show(w, f.Status(), "daycare/fact", v)
	}
}

func fillRow(r *ui.Request, f *ui.Form, k factKind, a about, v *factView) error {
	id, err := r.PathID("row")
	if err != nil {
		return err
	}
	for i, s := range k.saved(a.record) {
		if s.ID != id {
			continue
		}
		v.Row = id
		f.Set("version", ui.Digits(s.RowVersion))
		f.Set("from", s.Period.From)
		if s.Period.To < calendar.Forever {
			f.Set("to", s.Period.To-1)
		}
		if k.what == "head" {
			v.Head = a.adults[a.record.Heads[i].Adult]
		}
		k.fill(f, a.record, int64(i))
		return nil
	}
	return ui.ErrNoPage
}

func readPeriod(f *ui.Form) calendar.Period {
	p := calendar.Period{From: f.Date("from"), To: calendar.Forever}
	if last, given := f.OptionalDate("to"); given {
		p.To = last + 1
	}
	return p
}

// choices are the units that are approved for the service, or in which the child is.
func (p *Pages) choices(r *ui.Request, v *factView, a about) error {
	text := func(prefix string, values ...string) (list []ui.Option) {
		for _, x := range values {
			list = append(list, ui.Option{Value: x, Text: r.T("daycarework." + prefix + "." + strings.ToLower(x)), Hint: ""})
		}
		return list
	}
	v.Payers, v.Types, v.Sizes = text("paid", "voucher", "own"), text("alteration", string(daycare.Discount), string(daycare.Relief), string(daycare.Increase)), text("size", "percent", "amount")
	if v.What != "placement" {
		return nil
	}
	return r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		all, err := store.RulesVersions(ctx, tx, r.Actor, r.Actor.Organiser)
		if err != nil {
			return err
		}
		names, ids := map[int64]string{}, []int64{}
		add := func(id int64) {
			if _, have := names[id]; !have {
				names[id], ids = "", append(ids, id)
			}
		}
		for _, x := range a.record.Placements {
			add(x.Unit)
		}
		for _, rules := range all {
			if rules.PublishedAt == nil {
				continue
			}
			approved, err := admission.ApprovalsAt(ctx, tx, r.Actor.Organiser, rules.Service, tx.Today())
			if err != nil {
				return err
			}
			for _, x := range approved {
				add(x.Unit)
			}
		}
		used, err := store.UnitsInUse(ctx, tx, r.Actor, r.Actor.Organiser)
		for _, u := range used {
			add(u.ID)
		}
		if err != nil {
			return err
		}
		units, err := register.UnitsByID(ctx, tx, ids)
		v.Units = []ui.Option{{Text: r.T("daycarework.choose")}}
		for _, u := range units {
			v.Units = append(v.Units, ui.Option{Value: ui.Digits(u.ID), Text: u.Name})
		}
		return err
	})
}

func values(list []ui.Option) []string {
	var out []string
	for _, o := range list {
		if o.Value != "" {
			out = append(out, o.Value)
		}
	}
	return out
}

func saveHead(p *Pages, r *ui.Request, f *ui.Form, in factInput) func(context.Context, *postgres.Tx) error {
	h := store.Head{Of: in.of, Saved: in.saved}
	var code ident.Hetu
	if in.saved.ID == 0 {
		code = ui.Read(f, "identity", ident.ParseHetu)
	}
	for _, x := range in.old.Heads {
		if x.ID == in.saved.ID {
			h.Adult = x.Adult
		}
	}
	return func(ctx context.Context, tx *postgres.Tx) (err error) {
		if in.saved.ID == 0 {
			if h.Adult, err = p.byCode(ctx, tx, r, code, "identity"); err != nil {
				return err
			}
		}
		if _, err = store.SaveHead(ctx, tx, r.Actor, h); err != nil {
			return renamed(err, "adult", "identity")
		}
		return nil
	}
}

func fillPlacement(f *ui.Form, r store.Record, i int64) {
	x := r.Placements[i]
	f.Set("unit", ui.Digits(x.Unit))
	f.Set("kind", x.Kind)
	if x.Voucher {
		f.Set("paid", "voucher")
	} else {
		f.Set("paid", "own")
	}
	if x.Notice != nil {
		f.Set("notice", *x.Notice)
	}
}

func savePlacement(_ *Pages, r *ui.Request, f *ui.Form, in factInput) func(context.Context, *postgres.Tx) error {
	x := store.Placement{Of: in.of, Saved: in.saved, Unit: number(f.Choice("unit", values(in.view.Units)...)), Kind: f.Choice("kind", values(in.view.Kinds)...),
		Voucher: f.Choice("paid", "voucher", "own") == "voucher"}
	if day, given := f.OptionalDate("notice"); given {
		x.Notice = &day
	}
	return func(ctx context.Context, tx *postgres.Tx) error {
		placed, err := store.SavePlacement(ctx, tx, r.Actor, x)
		if placed.NoAccount {
			in.view.told = "daycarework.saved_no_account"
		}
		return err
	}
}

func fillNeed(f *ui.Form, r store.Record, i int64) { f.Set("option", r.Needs[i].Option) }

func saveNeed(_ *Pages, r *ui.Request, f *ui.Form, in factInput) func(context.Context, *postgres.Tx) error {
	allowed := values(in.view.Options)
	for _, n := range in.old.Needs { // one of older rules may stay
		allowed = append(allowed, n.Option)
	}
	n := store.Need{Of: in.of, Saved: in.saved, Option: f.Choice("option", allowed...)}
	return func(ctx context.Context, tx *postgres.Tx) error {
		_, err := store.SaveNeed(ctx, tx, r.Actor, n)
		return err
	}
}

func fillSupport(f *ui.Form, r store.Record, i int64) {
	f.Set("coefficient", decimal(r.Supports[i].Coefficient.String()))
	if c := r.Supports[i].Capacity; c != nil {
		f.Set("capacity", decimal(c.String()))
	}
}

func readRate(s string) (money.Rate, error) {
	return money.ParseRate(strings.Replace(strings.TrimSpace(s), ",", ".", 1))
}

func saveSupport(_ *Pages, r *ui.Request, f *ui.Form, in factInput) func(context.Context, *postgres.Tx) error {
	s := store.Support{Of: in.of, Saved: in.saved, Coefficient: ui.Read(f, "coefficient", readRate)}
	if c, given := ui.ReadOptional(f, "capacity", readRate); given {
		s.Capacity = &c
	}
	return func(ctx context.Context, tx *postgres.Tx) error {
		_, err := store.SaveSupport(ctx, tx, r.Actor, s)
		return err
	}
}

func saveReady(_ *Pages, r *ui.Request, f *ui.Form, in factInput) func(context.Context, *postgres.Tx) error {
	s := store.ReadyShare{Of: in.of, Saved: in.saved, Share: f.Cents("amount")}
	return func(ctx context.Context, tx *postgres.Tx) error {
		_, err := store.SaveReadyShare(ctx, tx, r.Actor, s)
		return err
	}
}

func fillAlteration(f *ui.Form, r store.Record, i int64) {
	x := r.Alterations[i]
	f.Set("type", string(x.Type))
	f.Set("reason", x.Reason)
	if x.Percent != nil {
		f.Set("size", "percent")
		f.Set("percent", decimal(x.Percent.String()))
		return
	}
	f.Set("size", "amount")
	f.Set("amount", x.Amount)
}

func saveAlteration(_ *Pages, r *ui.Request, f *ui.Form, in factInput) func(context.Context, *postgres.Tx) error {
	x := store.Alteration{Of: in.of, Saved: in.saved, Reason: f.Text("reason")}
	x.Type = daycare.AlterationType(f.Choice("type", values(in.view.Types)...))
	if f.Choice("size", "percent", "amount") == "percent" {
		rate := ui.Read(f, "percent", readRate)
		x.Percent = &rate
	} else {
		x.Amount = f.Cents("amount")
	}
	return func(ctx context.Context, tx *postgres.Tx) error {
		_, err := store.SaveAlteration(ctx, tx, r.Actor, x)
		if err != nil && x.Percent != nil {
			return renamed(err, "amount", "percent")
		}
		return err
	}
}
