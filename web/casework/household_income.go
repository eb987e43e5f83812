package casework

import (
	"context"
	"net/http"

	"seteli/core/calendar"
	"seteli/domain/client/household"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

type incomeView struct {
	Form    *ui.Form
	ID      int64 // of the client
	Item    int64 // 0 = a new one
	Name    string
	People  []ui.Option
	Kinds   []ui.Option
	Pers    []ui.Option
	Sources []ui.Option
}

// income adds an income, deduction or savings, changes or ends one, or takes out what was recorded by mistake.
func (p *Pages) income(w http.ResponseWriter, r *ui.Request) error {
	h, c, err := p.home(r)
	if err != nil {
		return err
	}
	f := r.Input()
	view := incomeView{Form: f, ID: c.ID, Name: c.Name(), People: names{r, c, h}.people()}
	view.choices(r, h.Definition(r.Today()))
	var old household.Item
	if r.PathValue("income") != "" {
		if view.Item, err = r.PathID("income"); err != nil {
			return err
		}
		known := false
		if old, known = h.Item(view.Item); !known {
			return ui.ErrNoPage
		}
		setAll(f, map[string]any{"member": ui.Digits(old.Member), "kind": old.Kind, "amount": old.Cents, "per": old.Per, "source": string(old.Source), "payer": old.Payer, "note": old.Note,
			"reported_on": old.ReportedOn, "version": ui.Digits(old.RowVersion)})
		setPeriod(f, old.Period)
		if old.FetchedOn != nil {
			f.Set("fetched_on", *old.FetchedOn)
		}
	}
	setAll(f, map[string]any{"member": "0", "per": "month", "source": string(household.FromClient), "reported_on": r.Today()})
	act := func(ctx context.Context, tx *postgres.Tx) error {
		return household.RemoveItem(ctx, tx, r.Actor, household.RemoveInput{Organiser: r.Actor.Organiser, Client: c.ID, ID: view.Item, RowVersion: version(f)})
	}
	if f.Submitted() && f.Value("act") != "remove" {
		in := household.ItemInput{Organiser: r.Actor.Organiser, Client: c.ID, Item: readItem(f, view)}
		in.ID, in.RowVersion = view.Item, version(f)
		if view.Item != 0 {
			in.Member = old.Member
		}
		act = func(ctx context.Context, tx *postgres.Tx) error {
			_, err := household.SaveItem(ctx, tx, r.Actor, in)
			return err
		}
	}
	return p.homeDone(w, r, "casework/household-income", view, c.ID, "household.saved", act)
}

func readItem(f *ui.Form, view incomeView) household.Item {
	i := household.Item{Kind: f.Choice("kind", values(view.Kinds[1:])...), Cents: f.Cents("amount"), Per: f.Choice("per", values(view.Pers)...), Period: readPeriod(f),
		Source: household.Source(f.Choice("source", values(view.Sources)...)), Payer: f.OptionalText("payer"), Note: f.OptionalText("note"), ReportedOn: f.Date("reported_on")}
	if view.Item == 0 {
		i.Member = readPerson(f, view.People)
	}
	if day, given := f.OptionalDate("fetched_on"); given {
		i.FetchedOn = new(day)
	}
	return i
}

// readPerson reads whose a thing is: 0 is the client.
func readPerson(f *ui.Form, people []ui.Option) int64 {
	if f.Choice("member", values(people)...) == "0" {
		return 0
	}
	return f.ID("member")
}

func values(options []ui.Option) []string {
	list := make([]string, len(options))
	for i, o := range options {
		list[i] = o.Value
	}
	return list
}

// people are the client and everybody recorded in the household.
func (n names) people() []ui.Option {
	list := []ui.Option{{Value: "0", Text: n.c.Name(), Hint: n.r.T("household.role.client")}}
	for _, m := range n.h.Members {
		list = append(list, ui.Option{Value: ui.Digits(m.ID), Text: m.Name(), Hint: n.r.T("household.role."+string(m.Role)) + ", " + period(n.r, m.Period)})
	}
	return list
}

// choices are the words of the organiser's definition; what it leaves out of the sum says so.
func (view *incomeView) choices(r *ui.Request, d household.Definition) {
	view.Kinds = []ui.Option{{Text: "–"}}
	for _, k := range d.Kinds {
		name := k.Names.In(r.Lang)
		switch k.Part {
		case household.Excluded, household.Housing, household.Minus:
			name = r.T("household.kind."+string(k.Part), "kind", name)
		}
		view.Kinds = append(view.Kinds, ui.Option{Value: k.Code, Text: name})
	}
	for _, per := range d.Pers {
		view.Pers = append(view.Pers, ui.Option{Value: per.Code, Text: per.Names.In(r.Lang)})
	}
	for _, s := range household.Sources() {
		view.Sources = append(view.Sources, ui.Option{Value: string(s), Text: r.T("household.source." + string(s))})
	}
}

type consentView struct {
	Form     *ui.Form
	ID       int64
	Name     string
	People   []ui.Option
	Kinds    []ui.Option
	Channels []ui.Option
	What     string // of a withdrawal
}

// consent notes what somebody of the household has agreed to.
func (p *Pages) consent(w http.ResponseWriter, r *ui.Request) error {
	h, c, err := p.home(r)
	if err != nil {
		return err
	}
	f := r.Input()
	view := consentView{Form: f, ID: c.ID, Name: c.Name(), People: names{r, c, h}.people()}
	for _, kind := range []household.ConsentKind{household.MayFetch, household.HighestFee} {
		view.Kinds = append(view.Kinds, ui.Option{Value: string(kind), Text: r.T("household.consent." + string(kind)), Hint: r.T("household.consent." + string(kind) + ".hint")})
	}
	for _, channel := range household.Channels() {
		view.Channels = append(view.Channels, ui.Option{Value: channel, Text: r.T("household.channel." + channel)})
	}
	setAll(f, map[string]any{"member": "0", "day": r.Today()})
	in := household.ConsentInput{Organiser: r.Actor.Organiser, Client: c.ID}
	if f.Submitted() {
		in.Member, in.Kind, in.GivenOn = readPerson(f, view.People), household.ConsentKind(f.Choice("kind", values(view.Kinds[1:])...)), f.Date("day")
		in.Channel = f.Choice("channel", values(view.Channels)...)
	}
	return p.homeDone(w, r, "casework/household-consent", view, c.ID, "household.consent.noted", func(ctx context.Context, tx *postgres.Tx) error {
		_, err := household.Agree(ctx, tx, r.Actor, in)
		return err
	})
}

// withdraw ends a consent from a day on.
func (p *Pages) withdraw(w http.ResponseWriter, r *ui.Request) error {
	h, c, err := p.home(r)
	if err != nil {
		return err
	}
	number, err := r.PathID("consent")
	if err != nil {
		return err
	}
	f := r.Input()
	f.Set("day", r.Today())
	view := consentView{Form: f, ID: c.ID, Name: c.Name()}
	for _, one := range h.Consents {
		if one.ID == number && one.Withdrawn == nil {
			view.What = r.T("household.withdraw.what", "consent", r.T("household.consent."+string(one.Kind)), "name", names{r, c, h}.who(one.Member), "day", one.GivenOn)
		}
	}
	if view.What == "" {
		return ui.ErrNoPage
	}
	var day calendar.Date
	if f.Submitted() {
		day = f.Date("day")
	}
	return p.homeDone(w, r, "casework/household-withdraw", view, c.ID, "household.consent.ended", func(ctx context.Context, tx *postgres.Tx) error {
		return household.Withdraw(ctx, tx, r.Actor, household.WithdrawInput{Organiser: r.Actor.Organiser, Client: c.ID, Consent: number, Day: day})
	})
}
