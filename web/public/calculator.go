package public

import (
	"net/http"
	"slices"
	"strconv"

	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/offer"
	"seteli/domain/rulebook"
	"seteli/domain/rulebook/method"
	"seteli/platform/i18n"
	"seteli/web/ui"
)

// calculatorView asks what a content's value depends on and shows what a month would cost.
type calculatorView struct {
	Form                            *ui.Form
	Organiser, Service, Content     string
	OrganiserID                     int32
	ServiceID, ContentID            int64
	Contents, Units, Needs, Columns []ui.Option
	Periods                         []ui.Option // a month or a week, of hours; none = a month
	Unit                            string      // what the amount is counted in: "tuntia"
	Household, Income, Savings, Net bool        // asked
	Fee, Individual                 bool
	Result                          *resultView
	Compare, Rulebook, Clear        string
}

// mostUnits is how many units the page offers by name; where there are more, the visitor comes from the comparison or types a price.
const mostUnits = 60

// mostPersons of a household; the engine refuses more.
const mostPersons = 25

// calculator shows the form, and the estimate when it has been filled. Nothing is stored: the answer is not kept by any cache, and
// search engines do not list an address with somebody's income in it.
func (p *Pages) calculator(w http.ResponseWriter, r *ui.Request) error {
	x, err := p.Offers.Index(r.Context())
	if err != nil {
		return err
	}
	s, ok := x.Service(int32(number(r.PathValue("organiser"))), number(r.PathValue("service")))
	contents := s.Calculated(x.Day)
	if !ok || len(contents) == 0 {
		return errUnknown
	}
	f := r.Input()
	i := max(0, slices.IndexFunc(contents, func(c catalogue.Content) bool { return c.ID == number(f.Value("content")) }))
	c := contents[i]
	o, _ := x.Organiser(s.Organiser)
	v := calculatorView{Form: f, Organiser: o.Names.In(r.Lang), Service: s.Names.In(r.Lang), Content: c.Names.In(r.Lang), OrganiserID: s.Organiser, ServiceID: s.ID,
		ContentID: c.ID, Unit: r.T("unit." + string(c.Unit) + ".many"), Clear: r.Path("/calculator/{organiser}/{service}", s.Organiser, s.ID),
		Compare: r.Path("/providers?organiser={organiser}&service={service}", s.Organiser, s.ID), Rulebook: r.Path("/rulebooks/{organiser}/{service}", s.Organiser, s.ID)}
	value, fee, err := s.Needs(p.Models, c.ID)
	if err != nil {
		return err
	}
	priced := x.Priced(s.Organiser, s.ID, c.ID)
	v.ask(r, contents, c, value, fee, priced)
	if f.Value("amount") != "" || f.Value("act") != "" {
		w.Header().Set("X-Robots-Tag", "noindex")
		w.Header().Set("Cache-Control", "no-store")
		if err := p.calculate(r, &v, s, c, priced); err != nil {
			return err
		}
	}
	status := http.StatusOK
	if f.Refused() {
		status = http.StatusUnprocessableEntity
	}
	return r.Show(w, status, "public/calculator", v)
}

// ask puts the questions: only those that the value or the fee of the own service depends on.
func (v *calculatorView) ask(r *ui.Request, contents []catalogue.Content, c catalogue.Content, value, fee rulebook.Needs, priced []offer.Priced) {
	for _, one := range contents {
		v.Contents = append(v.Contents, ui.Option{Value: strconv.FormatInt(one.ID, 10), Text: one.Names.In(r.Lang)})
	}
	v.Form.Set("content", strconv.FormatInt(c.ID, 10))
	v.Net = value.NetIncome || fee.NetIncome
	v.Household = value.Household && !value.NetIncome || value.Limits || value.Savings || fee.Household
	v.Income = v.Household && (!value.Savings || value.Limits || value.Household)
	v.Savings, v.Fee, v.Individual = value.Savings, value.Fee, value.Individual
	for _, name := range value.Choices { // names of the main user's own: they have no translation
		v.Needs = append(v.Needs, ui.Option{Value: name, Text: name})
	}
	for _, name := range value.Columns {
		v.Columns = append(v.Columns, ui.Option{Value: name, Text: name})
	}
	if c.Unit == catalogue.Hour {
		v.Periods = []ui.Option{{Value: "month", Text: r.T("public.calculator.month")}, {Value: "week", Text: r.T("public.calculator.week")}}
		v.Form.Set("per", "month")
	}
	v.Form.Set("household", 1)
	asked := number(v.Form.Value("unit"))
	v.Units = []ui.Option{{Text: r.T("public.calculator.unit_none")}}
	for _, one := range priced {
		if len(priced) <= mostUnits || one.Place.Unit == asked {
			v.Units = append(v.Units, ui.Option{Value: strconv.FormatInt(one.Place.Unit, 10), Text: one.Place.Full() + " (" + per(r, one.Price, c.Unit) + ")"})
		}
	}
}

// calculate reads the answers and fills the result. A refusal stays on the form.
func (p *Pages) calculate(r *ui.Request, v *calculatorView, s offer.Service, c catalogue.Content, priced []offer.Priced) error {
	hours, a := v.read(s, c, priced)
	if v.Form.Refused() {
		return nil
	}
	e, err := s.Estimate(p.Models, a, false)
	if err == nil {
		v.Result, err = p.result(r, s, c, a, e, hours)
	}
	if err != nil && !v.Form.Take(err) {
		return err
	}
	return nil
}

// mostUnitsAsked of a content in a month.
var mostUnitsAsked = money.Units(10_000)

// read gives what was typed as facts; weekly is the conversion that was made, nil when the amount was a month's.
func (v *calculatorView) read(s offer.Service, c catalogue.Content, priced []offer.Priced) (weekly *week, a offer.Ask) {
	f := v.Form
	a.Content = c.ID
	if v.Household {
		a.Facts.Household = f.Int("household", 1, mostPersons)
	}
	if v.Income {
		a.Facts.Income = sum(f, "income", "income_other")
	}
	if v.Savings {
		a.Facts.Savings = sum(f, "savings")
	}
	if v.Net {
		a.Facts.Client, a.Facts.Spouse = netIncome(f, ""), netIncome(f, "spouse_")
	}
	if v.Fee {
		a.Facts.Fee = sum(f, "fee")
	}
	if v.Individual {
		a.Facts.Individual = new(f.Cents("individual"))
	}
	if len(v.Needs) > 0 {
		a.Facts.Need = f.Choice("need", values(v.Needs)...)
	}
	if len(v.Columns) > 0 {
		a.Facts.Column = f.Choice("column", values(v.Columns)...)
	}
	amount := f.Quantity("amount")
	if amount <= 0 || amount > mostUnitsAsked {
		if !f.Refused() {
			f.Refuse(errAmount.At("amount").With("most", mostUnitsAsked))
		}
		amount = 0
	}
	a.Units = amount.Exact()
	if len(v.Periods) > 0 && f.Value("per") == "week" {
		factor := s.Book.Rules.HoursFactor()
		weekly = &week{amount, factor, method.HoursPerMonth(amount.Exact(), factor)}
		a.Units = weekly.month.Exact
	}
	a.Facts.Hours = new(money.Quantity(money.WholeHalfUp(a.Units.Times(money.Whole(money.PerUnit))))) // to a second or so: the steps of a table are whole hours
	a.Facts.Price = v.price(c, priced)
	return weekly, a
}

// week is an amount that was given for a week.
type week struct {
	amount money.Quantity
	factor money.Factor
	month  method.MonthHours
}

// price is the chosen unit's, otherwise the typed one.
func (v *calculatorView) price(_ catalogue.Content, priced []offer.Priced) *money.Cents {
	if unit := number(v.Form.Value("unit")); unit != 0 {
		for _, one := range priced {
			if one.Place.Unit == unit {
				return &one.Price
			}
		}
	}
	price := v.Form.Cents("price")
	if price <= 0 && !v.Form.Refused() {
		v.Form.Refuse(errPrice.At("price"))
	}
	return &price
}

// sum adds what was given; nil when nothing was.
func sum(f *ui.Form, names ...string) *money.Cents {
	var total *money.Cents
	for _, name := range names {
		if c, given := f.OptionalCents(name); given {
			if total == nil {
				total = new(money.Cents)
			}
			*total += c
		}
	}
	return total
}

// netIncome reads one person's parts; nil when none was given.
func netIncome(f *ui.Form, who string) *rulebook.NetIncome {
	var n rulebook.NetIncome
	given := false
	for _, part := range []struct {
		name string
		into *money.Cents
	}{{"pension", &n.Benefits}, {"capital", &n.Capital}, {"deductions", &n.Deductions}} {
		if c, ok := f.OptionalCents(who + part.name); ok {
			*part.into, given = c, true
		}
	}
	if !given {
		return nil
	}
	return &n
}

func values(options []ui.Option) []string {
	list := make([]string, len(options))
	for i, o := range options {
		list[i] = o.Value
	}
	return list
}

// calculation shows steps with the component that decisions and vouchers have.
func calculation(r *ui.Request, texts *i18n.Catalogue, caption string, e rulebook.Explanation) ui.Calculation {
	c := ui.Calculation{Caption: caption}
	for _, line := range e.Lines(texts, r.Lang) {
		c.Steps = append(c.Steps, ui.Step{Text: line.Label, Formula: line.Formula, Source: line.Source, Amount: line.Amount, Sum: line.Sum})
	}
	return c
}
