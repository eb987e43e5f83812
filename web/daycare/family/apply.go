package family

import (
	"context"
	"net/http"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare/guidance"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// begin opens a draft, or leads to the one that is open already.
func (p *Pages) begin(w http.ResponseWriter, r *ui.Request) error {
	var a guidance.Application
	var back string
	err := p.ward(r, func(ctx context.Context, tx *postgres.Tx, of store.Of) (err error) {
		back = childPath(r, of, "")
		a, err = guidance.Begin(ctx, tx, r.Actor, of)
		return err
	})
	if fault.CodeOf(err) == "GUI-007" {
		return r.SeeOther(w, local(r, back), "family.apply.open")
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, local(r, applicationPath(r, a, "/time")), "family.apply.begun")
}

// stepNames are the questions in the order in which they are asked.
var stepNames = []string{"time", "need", "income", "places", "papers", "check"}

func steps(r *ui.Request, now int) ui.Steps {
	s := ui.Steps{Now: now}
	for _, name := range stepNames {
		s.Names = append(s.Names, r.T("family.step."+name))
	}
	return s
}

type stepView struct {
	Form      *ui.Form
	Steps     ui.Steps
	Name      string
	Options   []ui.Option
	Homes     []ui.Option
	Ways      []ui.Option
	Languages []ui.Option
	Units     ui.Cards
	Wishes    []wishField
	Lead      string
	Back      string
	First     bool // the first question: before it is the child's page
}

// wishField is one select of the preferences.
type wishField struct {
	Field, Label string
	Optional     bool
	Options      []ui.Option
}

func sampleStep() stepView {
	return stepView{Steps: ui.Steps{Names: []string{"x"}}, Homes: []ui.Option{{Value: "1", Text: "x"}, {Value: "2", Text: "y"}}, Wishes: []wishField{{Field: "unit1", Label: "x"}}}
}

// question is one step of the application: what it shows and what it reads.
type question struct {
	at   int
	show func(ctx context.Context, tx *postgres.Tx, v *stepView, a guidance.Application) error
	read func(f *ui.Form, to *guidance.Request)
}

// ask shows one question, and saves the draft when it is answered; an answer that cannot be comes back with everything typed.
func (p *Pages) ask(w http.ResponseWriter, r *ui.Request, q question) error {
	f := r.Input()
	view := stepView{Form: f, Steps: steps(r, q.at)}
	var a guidance.Application
	err := p.applied(r, func(ctx context.Context, tx *postgres.Tx, found guidance.Application) error {
		a, view.Name = found, found.Child
		f.Set("version", ui.Digits(a.RowVersion))
		return q.show(ctx, tx, &view, a)
	})
	if err != nil {
		return err
	}
	if a.State != guidance.Draft {
		return r.SeeOther(w, local(r, applicationPath(r, a, "")), "family.apply.sent_already")
	}
	view.Back = applicationPath(r, a, "/"+stepNames[max(0, q.at-1)])
	if view.First = q.at == 0; view.First {
		view.Back = childPath(r, a.Of, "")
	}
	if f.Submitted() {
		request := a.Request
		if q.read(f, &request); !f.Refused() {
			err := r.DoIn(p.DB, a.Organiser, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := guidance.Save(ctx, tx, r.Actor, guidance.SaveInput{Organiser: a.Organiser, ID: a.ID, RowVersion: version(f), Request: request})
				return err
			})
			if err == nil {
				return r.SeeOther(w, local(r, applicationPath(r, a, "/"+stepNames[q.at+1])), "")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "family/"+stepNames[q.at], view)
}

func (p *Pages) time(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	return p.ask(w, r, question{0, func(_ context.Context, tx *postgres.Tx, v *stepView, a guidance.Application) error {
		urgent := "no"
		if a.Urgent {
			urgent = "yes"
		}
		f.Set("start", a.Start)
		f.Set("urgent", urgent)
		f.Set("reason", a.Reason)
		v.Options = []ui.Option{{Value: "no", Text: r.T("family.urgent.no"), Hint: r.T("family.urgent.no.hint", "day", guidance.DueOn(tx.Today(), tx.Today(), false))},
			{Value: "yes", Text: r.T("family.urgent.yes"), Hint: r.T("family.urgent.yes.hint", "day", guidance.DueOn(tx.Today(), tx.Today(), true))}}
		return nil
	}, func(f *ui.Form, to *guidance.Request) {
		to.Start, to.Urgent, to.Reason = f.Date("start"), f.Choice("urgent", "no", "yes") == "yes", f.OptionalText("reason")
		if to.Urgent && to.Reason == "" {
			f.Text("reason") // the reason is asked for where it is typed
		}
	}})
}

func (p *Pages) need(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	var known []profile.Option
	return p.ask(w, r, question{1, func(ctx context.Context, tx *postgres.Tx, v *stepView, a guidance.Application) error {
		rules, err := store.RulesOn(ctx, tx, a.Organiser, a.Start)
		known = rules.Profile.Options
		v.Options = options(r, known)
		f.Set("option", a.Option)
		f.Set("hours", a.Hours)
		f.Set("shift", a.Shift)
		f.Set("words", a.Words)
		f.Set("language", string(a.Language))
		f.Set("language_words", a.LanguageWords)
		f.Set("support", a.Support)
		for _, l := range guidance.Languages() {
			v.Languages = append(v.Languages, ui.Option{Value: string(l), Text: r.T("family.language." + string(l))})
		}
		return err
	}, func(f *ui.Form, to *guidance.Request) {
		codes := make([]string, len(known))
		for i, o := range known {
			codes[i] = o.Code
		}
		to.Option, to.Hours, to.Shift, to.Words = f.Choice("option", codes...), f.Quantity("hours"), f.Bool("shift"), f.OptionalLongText("words")
		if f.Value("language") != "" { // an unanswered question leaves what the form began with
			to.Language = guidance.Language(f.Choice("language", languages()...))
		}
		to.LanguageWords, to.Support = f.OptionalText("language_words"), f.OptionalLongText("support")
	}})
}

func languages() (values []string) {
	for _, l := range guidance.Languages() {
		values = append(values, string(l))
	}
	return values
}

func (p *Pages) income(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	return p.ask(w, r, question{2, func(_ context.Context, _ *postgres.Tx, v *stepView, a guidance.Application) error {
		for _, g := range a.Guardians {
			v.Homes = append(v.Homes, ui.Option{Value: ui.Digits(g.Adult), Text: g.Name})
		}
		for _, way := range guidance.IncomeWays() {
			v.Ways = append(v.Ways, ui.Option{Value: string(way), Text: r.T("family.income." + string(way)), Hint: r.T("family.income." + string(way) + ".hint")})
		}
		f.Set("home", ui.Digits(a.Home))
		f.Set("way", string(a.IncomeWay))
		if a.Income != nil {
			f.Set("income", *a.Income)
		}
		return nil
	}, func(f *ui.Form, to *guidance.Request) {
		to.Home, to.IncomeWay, to.Income = f.ID("home"), guidance.IncomeWay(f.Choice("way", "told", "fetch", "highest")), nil
		if cents, given := f.OptionalCents("income"); given {
			to.Income = &cents
		} else if to.IncomeWay == guidance.IncomeTold {
			f.Cents("income") // told where it is typed
		}
	}})
}

// places shows what each unit would cost this family, and takes the wishes in order.
func (p *Pages) places(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	return p.ask(w, r, question{3, func(ctx context.Context, tx *postgres.Tx, v *stepView, a guidance.Application) error {
		choices, err := guidance.Prices(ctx, tx, r.Actor, priceOf(a, a.Start))
		if err != nil {
			return err
		}
		v.Lead = r.T("family.places.lead", "day", a.Start)
		pick := []ui.Option{{Text: "–"}}
		for _, c := range choices {
			v.Units = append(v.Units, unitCard(r, c, a.Start))
			pick = append(pick, ui.Option{Value: ui.Digits(c.ID), Text: c.Name + " – " + figure(r, c)})
		}
		for i := range wishes {
			field := "unit" + ui.Digits(i+1)
			if i < len(a.Units) {
				f.Set(field, ui.Digits(a.Units[i]))
			}
			v.Wishes = append(v.Wishes, wishField{field, r.T("family.wish." + ui.Digits(i+1)), i > 0, pick})
		}
		return nil
	}, func(f *ui.Form, to *guidance.Request) {
		to.Units = nil
		for i := range wishes {
			field := "unit" + ui.Digits(i+1)
			if i == 0 || f.Value(field) != "" {
				to.Units = append(to.Units, f.ID(field))
			}
		}
	}})
}

// wishes is how many units the form asks for.
const wishes = 5

// figure is what the family pays in a month, or that it is not known.
func figure(r *ui.Request, c guidance.Choice) string {
	if sum, ok := c.Pays(); ok {
		return r.T("family.price.month", "sum", sum)
	}
	return r.T("family.price.unknown")
}

// priceOf asks what places cost by what the application tells of the home and its income.
func priceOf(a guidance.Application, from calendar.Date) guidance.PriceInput {
	in := guidance.PriceInput{Of: a.Of, Home: a.Home, From: from, Option: a.Option, Highest: a.IncomeWay == guidance.IncomeHighest}
	if a.IncomeWay == guidance.IncomeTold {
		in.Income = a.Income
	}
	return in
}

// unitCard tells what a place costs this family first, then what that is made of; free tells how many places there are from the day on,
// 0 = not told.
func unitCard(r *ui.Request, c guidance.Choice, free calendar.Date) ui.Card {
	card := ui.Card{Title: c.Name, Meta: r.T("family.way." + string(c.Way))}
	if where := placeOf(c.Unit); where != "" {
		card.Lines = append(card.Lines, where)
	}
	if free != 0 {
		card.Lines = append(card.Lines, r.T("family.free", "day", free, "n", c.Free))
	}
	if c.About != "" {
		card.Lines = append(card.Lines, c.About)
	}
	price := ui.Price{Label: r.T("family.price.you"), Figure: r.T("family.price.unknown")}
	if sum, ok := c.Pays(); ok {
		price.Figure = r.T("family.price.month", "sum", sum)
	}
	switch {
	case c.Cost.Missing != "" && c.Way == guidance.ByVoucher:
		price.Note = r.T("family.price.missing")
	case c.Elsewhere && c.Cost.Highest:
		price.Note = r.T("family.price.elsewhere")
	case c.Elsewhere:
		price.Note = r.T("family.price.elsewhere.told")
	case c.Cost.Highest:
		price.Note = r.T("family.price.highest")
	default:
		price.Note = r.T("family.price.estimate")
	}
	if c.Way == guidance.ByVoucher && c.Cost.Missing == "" {
		price.Others = partsOf(r, c)
	}
	card.Price = &price
	return card
}

// partsOf tells what the sum of a voucher place is made of: the own share and what the voucher does not cover, which make the sum, and then
// the price and the value that they come from.
func partsOf(r *ui.Request, c guidance.Choice) []ui.PricePart {
	list := []ui.PricePart{{Label: r.T("family.price.own"), Figure: r.Cents(min(c.Cost.Fee, c.Cost.Value))}}
	switch over := c.Over(); {
	case c.Cost.Surcharge > 0:
		list = append(list, ui.PricePart{Label: r.T("family.price.surcharge"), Figure: r.Cents(c.Cost.Surcharge)})
	case over > 0:
		list = append(list, ui.PricePart{Label: r.T("family.price.over"), Figure: r.Cents(over)})
	}
	if c.Cost.Price > 0 {
		list = append(list, ui.PricePart{Label: r.T("family.price.price"), Figure: r.Cents(c.Cost.Price)})
	}
	return append(list, ui.PricePart{Label: r.T("family.price.value"), Figure: r.Cents(c.Cost.Value)})
}

func placeOf(u guidance.Unit) string {
	switch {
	case u.Address != "" && u.City != "":
		return u.Address + ", " + u.City
	case u.City != "":
		return u.City
	}
	return u.Address
}

type pricesView struct {
	Form    *ui.Form
	Name    string
	Options []ui.Option
	Units   ui.Cards
	Asked   bool
	Back    string
}

// prices is the family's own calculator, outside an application: nothing of it is kept.
func (p *Pages) prices(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := pricesView{Form: f}
	err := p.ward(r, func(ctx context.Context, tx *postgres.Tx, of store.Of) error {
		family, err := guidance.FamilyOf(ctx, tx, r.Actor, of)
		if err != nil {
			return err
		}
		rules, err := store.RulesOn(ctx, tx, of.Organiser, tx.Today())
		if err != nil {
			return err
		}
		view.Name, view.Back, view.Options = family.Name, childPath(r, of, ""), options(r, rules.Profile.Options)
		in := guidance.PriceInput{Of: of, From: tx.Today() + 1, Option: f.Value("option")}
		view.Asked = in.Option != ""
		f.Set("from", in.From)
		f.Set("option", rules.Profile.Options[0].Code)
		if !view.Asked {
			in.Option = rules.Profile.Options[0].Code
		} else {
			in.From = f.Date("from")
			if cents, given := f.OptionalCents("income"); given {
				in.Income = new(money.Cents)
				*in.Income = cents
			}
		}
		if f.Refused() || in.From < calendar.Day(2000, 1, 1) {
			return nil
		}
		choices, err := guidance.Prices(ctx, tx, r.Actor, in)
		if f.Take(err) {
			return nil
		}
		for _, c := range choices {
			view.Units = append(view.Units, unitCard(r, c, in.From))
		}
		return err
	})
	if err != nil {
		return err
	}
	return r.Show(w, f.Status(), "family/prices", view)
}
