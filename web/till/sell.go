package till

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/event"
	"seteli/domain/organiser"
	"seteli/domain/purse"
	"seteli/domain/register"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// pageSize is how many charges the till lists.
const pageSize = 25

type tillView struct {
	Form    *ui.Form
	Refused bool
	Why     []string    // the refusal, said large above the form
	Choices []ui.Option // what may be sold, when there is more than one thing
	Times   []ui.Option // when it was given, where the price depends on the time of day
	Latest  ui.Table
	More    ui.Pages
}

func sampleTill() tillView {
	return tillView{Refused: true, Why: []string{"x"}, Choices: []ui.Option{{Value: "1-1", Text: "x"}}, Times: []ui.Option{{Value: "x", Text: "x"}}}
}

// till takes a number and a sum and answers at once. One press charges, the other holds.
func (p *Pages) till(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	if !f.Submitted() {
		f.Set("reference", uuid.NewString())
	}
	view := tillView{Form: f}
	if f.Submitted() {
		hold, err := p.sell(r, f, &view)
		switch {
		case err == nil && !f.Refused():
			return r.SeeOther(w, "/till/"+ui.Digits(hold.Organiser)+"/"+ui.Digits(hold.ID), "")
		case err != nil && !p.refused(r, f, &view, err):
			return err
		}
	}
	if err := p.latest(r, &view); err != nil {
		return err
	}
	return r.Show(w, f.Status(), "till/till", view)
}

// refused puts a refusal on the page: large, and at its field. False for what is not about this charge.
func (p *Pages) refused(r *ui.Request, f *ui.Form, view *tillView, err error) bool {
	switch fault.CodeOf(err) {
	case "BAL-001":
		err = errNumber.Because(err)
	case "BAL-018", "TIL-004": // several things could be meant: the choice is asked, nothing went wrong
		f.Take(fault.On(err, "choice"))
		return true
	case "TIL-005": // likewise
		f.Take(err)
		return true
	case "BAL-004", "BAL-005":
		err = fault.On(err, "choice")
	}
	if !f.Take(err) {
		return false
	}
	view.Refused = true
	for _, one := range fault.All(err) {
		view.Why = append(view.Why, r.T(one.Key, pairs(one.Values)...))
	}
	return true
}

func pairs(values map[string]any) []any {
	out := make([]any, 0, 2*len(values))
	for name, value := range values {
		out = append(out, name, value)
	}
	return out
}

// sell reads the form and asks the balance. A number that leads nowhere is told like one that is not the provider's to charge.
func (p *Pages) sell(r *ui.Request, f *ui.Form, view *tillView) (purse.Hold, error) {
	number, err := ident.ParseVoucherNumber(f.Text("number"))
	sum, hasSum := f.OptionalCents("amount")
	quantity, hasQuantity := f.OptionalQuantity("quantity")
	ask := purse.Ask{Number: number.String(), Reference: f.Text("reference"), Note: f.OptionalText("note"), Source: event.Page, Capture: f.Value("act") != "hold"}
	if f.Refused() {
		return purse.Hold{}, nil
	}
	if err != nil {
		return purse.Hold{}, errNumber.Because(err)
	}
	if !hasSum && !hasQuantity {
		return purse.Hold{}, errSum
	}
	if hasSum {
		ask.Amount = &sum
	}
	if hasQuantity {
		ask.Quantity = &quantity
	}
	var org organiser.Organiser
	err = p.DB.ReadNational(r.Context(), func(tx *postgres.Tx) (err error) {
		org, err = organiser.ByPrefix(r.Context(), tx, number.Prefix())
		return err
	})
	if fault.KindOf(err) == fault.NotFound {
		return purse.Hold{}, errNumber.Because(err)
	}
	if err != nil {
		return purse.Hold{}, err
	}
	if err := p.choose(r, f, view, org.ID, &ask); err != nil || f.Refused() {
		return purse.Hold{}, err
	}
	answer, err := p.Till.Authorise(r.Context(), r.Actor, org.ID, ask)
	return answer.Hold, err
}

// choose finds what is sold: the only thing that may be, or what the person picked of several.
func (p *Pages) choose(r *ui.Request, f *ui.Form, view *tillView, org int32, ask *purse.Ask) error {
	var list []purse.Choice
	units := map[int64]string{}
	err := r.DoIn(p.DB, org, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if list, err = purse.Choices(ctx, tx, r.Actor, org, ask.Number); err != nil {
			return err
		}
		own, err := register.Units(ctx, tx, r.Actor.Provider)
		for _, u := range own {
			units[u.ID] = u.Name
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(list) == 1 {
		ask.Content, ask.Unit = list[0].Content.ID, list[0].Unit
		return p.time(r, f, view, list[0], ask)
	}
	var allowed []string
	for _, c := range list {
		value := ui.Digits(c.Content.ID) + "-" + ui.Digits(c.Unit)
		allowed = append(allowed, value)
		hint := units[c.Unit]
		if c.Content.Unit != "euro" {
			hint += " · " + i18n.Cents(r.Lang, c.Price) + " / " + r.T("unit."+c.Content.Unit+".one")
		}
		view.Choices = append(view.Choices, ui.Option{Value: value, Text: c.Content.Names.In(r.Lang), Hint: hint})
	}
	if f.Value("choice") == "" {
		return errChoose
	}
	content, unit, _ := strings.Cut(f.Choice("choice", allowed...), "-")
	if f.Refused() {
		return nil
	}
	var errC, errU error
	ask.Content, errC = strconv.ParseInt(content, 10, 64)
	ask.Unit, errU = strconv.ParseInt(unit, 10, 64)
	if err := errors.Join(errC, errU); err != nil {
		return err
	}
	for _, c := range list {
		if c.Content.ID == ask.Content && c.Unit == ask.Unit {
			return p.time(r, f, view, c, ask)
		}
	}
	return nil
}

// time finds when the service was given, where its price depends on that: a visit is often keyed in after it.
func (p *Pages) time(r *ui.Request, f *ui.Form, view *tillView, c purse.Choice, ask *purse.Ask) error {
	var allowed []string
	for _, t := range c.Times {
		allowed = append(allowed, t.Band)
		view.Times = append(view.Times, ui.Option{Value: t.Band, Text: t.Names.In(r.Lang), Hint: i18n.Cents(r.Lang, t.Price) + " / " + r.T("unit."+c.Content.Unit+".one")})
		if t.Now {
			view.Times[len(view.Times)-1].Hint += " · " + r.T("till.band.now")
		}
	}
	if len(allowed) == 0 {
		return nil
	}
	if f.Value("asked_time") == "" {
		return errWhen
	}
	ask.Band = f.Choice("band", allowed...)
	return nil
}

// errWhen asks when the service was given.
var errWhen = fault.New(fault.Invalid, "TIL-005", "till.when_given").At("band")

// errChoose asks for the choice in the words of the domain.
var errChoose = fault.New(fault.Invalid, "TIL-004", "purse.choose_content").At("choice")

// latest lists what the company has held and charged, newest first.
func (p *Pages) latest(r *ui.Request, view *tillView) error {
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if err != nil {
		before = 0 // an address that was typed wrong shows the newest
	}
	var list []purse.Hold
	err = p.DB.Read(r.Context(), r.Actor, func(tx *postgres.Tx) (err error) {
		list, err = purse.OfProvider(r.Context(), tx, r.Actor, purse.ListInput{Before: before, Most: pageSize + 1})
		return err
	})
	if err != nil {
		return err
	}
	if len(list) > pageSize {
		list = list[:pageSize]
		view.More.Next = r.Path("/till") + "?before=" + ui.Digits(list[pageSize-1].ID)
	}
	if before != 0 {
		view.More.First = r.Path("/till")
	}
	view.Latest = ui.Table{Caption: r.T("till.latest"), Cards: true, Columns: []ui.Column{{Text: r.T("till.when")}, {Text: r.T("till.content")}, {Text: r.T("till.sum"), Numeric: true}, {Text: r.T("common.state")}},
		Empty: ui.Empty{Title: r.T("till.none"), Text: r.T("till.none.text")}}
	for _, h := range list {
		view.Latest.Rows = append(view.Latest.Rows, []ui.Cell{{Text: i18n.DateTime(r.Lang, h.At), Href: r.Path("/till/{organiser}/{hold}", h.Organiser, h.ID), Small: h.By},
			{Text: h.ContentNames.In(r.Lang), Small: h.UnitName}, r.CentsCell(shownSum(h)), r.TagCell("purse." + string(h.State))})
	}
	return nil
}
