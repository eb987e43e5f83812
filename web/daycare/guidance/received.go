package guidance

import (
	"context"
	"net/http"
	"slices"

	"seteli/core/fault"
	"seteli/domain/client"
	queue "seteli/domain/daycare/guidance"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

type findView struct {
	Form   *ui.Form
	Found  []ui.Option
	Asking bool
}

// find finds the child of an application that came on paper or by telephone.
func (p *Pages) find(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	view := findView{Form: f}
	if f.Submitted() {
		id, found, err := p.pick(r, "child", errChild)
		if err != nil {
			return err
		}
		view.Found, view.Asking = found, len(found) > 0
		if !f.Refused() {
			return r.SeeOther(w, local(r, r.Path(receivedFor, id)), "")
		}
	}
	return r.Show(w, f.Status(), "guidance/find", view)
}

const receivedFor = "/guidance/children/{client}/received"

var errChild = fault.New(fault.Invalid, "GUI-041", "guidance.child.found").At("who")

// pick finds one client by the identity code or name typed in the field who; several with the name are asked about in the field of choice.
func (p *Pages) pick(r *ui.Request, choice string, none *fault.Fault) (id int64, several []ui.Option, err error) {
	f := r.Input()
	who := f.Text("who")
	if who == "" {
		return 0, nil, nil
	}
	var found []client.Client
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		found, err = client.Search(ctx, tx, r.Actor, p.Keys, client.Query{Organiser: r.Actor.Organiser, Text: who})
		return err
	})
	if err != nil {
		if !f.Take(fault.On(err, "who")) {
			return 0, nil, err
		}
		return 0, nil, nil
	}
	if len(found) == 1 {
		return found[0].ID, nil, nil
	}
	for _, c := range found {
		several = append(several, ui.Option{Value: ui.Digits(c.ID), Text: c.Name(), Hint: r.T("family.born", "day", c.BirthDate)})
	}
	if f.Value(choice) != "" {
		id = f.ID(choice)
	}
	switch {
	case len(found) == 0:
		f.Refuse(none)
	case !slices.ContainsFunc(found, func(c client.Client) bool { return c.ID == id }):
		f.Refuse(none.At(choice))
	}
	return id, several, nil
}

// receivedView is an application on one page, as the paper form has it.
type receivedView struct {
	Form       *ui.Form
	ID         int64
	Name, Born string
	Lead       *ui.Inset // why no application can be written down now
	Guardians  []ui.Option
	Channels   []ui.Option
	Urgent     []ui.Option
	Options    []ui.Option
	Homes      []ui.Option
	Ways       []ui.Option
	Languages  []ui.Option
	Wishes     []wishField
}

func sampleReceived() receivedView {
	two := []ui.Option{{Value: "1", Text: "x"}, {Value: "2", Text: "y"}}
	return receivedView{ID: 1, Guardians: two, Homes: two, Wishes: []wishField{{Field: "unit1", Label: "x"}}}
}

// wishField is one select of the family's preferences.
type wishField struct {
	Field, Label string
	Optional     bool
	Options      []ui.Option
}

// wishes is how many units the form asks for.
const wishes = 5

// received writes down an application that a family gave on paper or by telephone.
func (p *Pages) received(w http.ResponseWriter, r *ui.Request) error {
	id, err := r.PathID("client")
	if err != nil {
		return err
	}
	f := r.Input()
	view, of := receivedView{Form: f, ID: id}, store.Of{Organiser: r.Actor.Organiser, Child: id}
	var options []profile.Option
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		options, err = view.fill(ctx, tx, r, of)
		return err
	})
	if err != nil {
		return err
	}
	if f.Submitted() && view.Lead == nil {
		in := readReceived(f, view, options)
		in.Of = of
		if !f.Refused() {
			var a queue.Application
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
				a, err = queue.Receive(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, local(r, r.Path(oneApplication, a.ID)), "guidance.received.done")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "guidance/received", view)
}

// fill tells what may be chosen; Lead when there is nobody who could apply, or an application is open.
func (v *receivedView) fill(ctx context.Context, tx *postgres.Tx, r *ui.Request, of store.Of) ([]profile.Option, error) {
	c, err := client.Get(ctx, tx, r.Actor, of.Organiser, of.Child)
	if err != nil {
		return nil, err
	}
	v.Name, v.Born = c.Name(), r.T("family.born", "day", c.BirthDate)
	open, is, err := queue.OpenOf(ctx, tx, r.Actor, of)
	if err != nil {
		return nil, err
	}
	all, err := queue.Guardians(ctx, tx, r.Actor, of)
	if err != nil {
		return nil, err
	}
	for _, g := range all {
		if g.Period.Contains(tx.Today()) {
			v.Guardians = append(v.Guardians, ui.Option{Value: ui.Digits(g.Adult), Text: g.Name})
		}
	}
	switch {
	case is:
		v.Lead = &ui.Inset{Text: r.T("guidance.received.open"), Link: &ui.Link{Text: r.T("guidance.received.open.link"), Href: r.Path(oneApplication, open)}}
		return nil, nil
	case len(v.Guardians) == 0:
		v.Lead = &ui.Inset{Text: r.T("guidance.received.no_guardian"), Link: &ui.Link{Text: r.T("guidance.guardians"), Href: r.Path("/guidance/children/{client}", of.Child)}}
		return nil, nil
	}
	return v.choices(ctx, tx, r, of.Organiser)
}

func (v *receivedView) choices(ctx context.Context, tx *postgres.Tx, r *ui.Request, organiser int32) ([]profile.Option, error) {
	f := v.Form
	rules, err := store.RulesOn(ctx, tx, organiser, tx.Today())
	if err != nil {
		return nil, err
	}
	for _, o := range rules.Profile.Options {
		v.Options = append(v.Options, ui.Option{Value: o.Code, Text: o.Names.In(r.Lang)})
	}
	for _, c := range queue.Received() {
		v.Channels = append(v.Channels, ui.Option{Value: string(c), Text: r.T("guidance.channel." + string(c))})
	}
	v.Urgent = []ui.Option{{Value: "no", Text: r.T("family.urgent.no"), Hint: r.T("guidance.received.usual")}, {Value: "yes", Text: r.T("family.urgent.yes"), Hint: r.T("guidance.received.urgent")}}
	for _, way := range queue.IncomeWays() {
		v.Ways = append(v.Ways, ui.Option{Value: string(way), Text: r.T("guidance.received.income." + string(way))})
	}
	for _, l := range queue.Languages() {
		v.Languages = append(v.Languages, ui.Option{Value: string(l), Text: r.T("family.language." + string(l))})
	}
	v.Homes = v.Guardians
	if len(v.Guardians) == 1 {
		f.Set("applicant", v.Guardians[0].Value)
		f.Set("home", v.Guardians[0].Value)
	}
	f.Set("arrived", tx.Today())
	units, err := queue.Units(ctx, tx, organiser)
	pick := []ui.Option{{Text: "–"}}
	for _, u := range units {
		if u.Listed {
			pick = append(pick, ui.Option{Value: ui.Digits(u.ID), Text: u.Name + " – " + r.T("family.way."+string(u.Way))})
		}
	}
	for i := range wishes {
		v.Wishes = append(v.Wishes, wishField{"unit" + ui.Digits(i+1), r.T("family.wish." + ui.Digits(i+1)), i > 0, pick})
	}
	return rules.Profile.Options, err
}

func values(options []ui.Option) []string {
	list := make([]string, len(options))
	for i, o := range options {
		list[i] = o.Value
	}
	return list
}

func readReceived(f *ui.Form, v receivedView, known []profile.Option) (in queue.ReceiveInput) {
	f.Choice("applicant", values(v.Guardians)...)
	in.Applicant, in.Channel, in.Arrived = number(f.Value("applicant")), queue.Channel(f.Choice("channel", values(v.Channels)...)), f.Date("arrived")
	for _, adult := range f.Choices("agreed", values(v.Guardians)...) {
		if adult != f.Value("applicant") { // the applicant's consent is the application
			in.Agreed = append(in.Agreed, number(adult))
		}
	}
	q := &in.Request
	q.Start, q.Urgent, q.Reason = f.Date("start"), f.Choice("urgent", "no", "yes") == "yes", f.OptionalText("reason")
	if q.Urgent && q.Reason == "" {
		f.Text("reason") // the reason is asked for where it is typed
	}
	codes := make([]string, len(known))
	for i, o := range known {
		codes[i] = o.Code
	}
	q.Option, q.Hours, q.Shift, q.Words = f.Choice("option", codes...), f.Quantity("hours"), f.Bool("shift"), f.OptionalLongText("words")
	if f.Value("language") != "" {
		q.Language = queue.Language(f.Choice("language", values(v.Languages)...))
	}
	q.LanguageWords, q.Support = f.OptionalText("language_words"), f.OptionalLongText("support")
	f.Choice("home", values(v.Homes)...)
	q.Home, q.IncomeWay = number(f.Value("home")), queue.IncomeWay(f.Choice("way", values(v.Ways)...))
	if cents, given := f.OptionalCents("income"); given {
		q.Income = &cents
	} else if q.IncomeWay == queue.IncomeTold {
		f.Cents("income")
	}
	for i := range wishes {
		if field := "unit" + ui.Digits(i+1); i == 0 || f.Value(field) != "" {
			q.Units = append(q.Units, f.ID(field))
		}
	}
	return in
}

// cameText tells how and when an application came that staff wrote down; "" when the family sent it itself.
func cameText(r *ui.Request, a queue.Application) (how, when string) {
	if a.Arrived == nil {
		return "", ""
	}
	return r.T("guidance.channel." + string(a.Channel)), r.T("guidance.received.on", "day", *a.Arrived)
}
