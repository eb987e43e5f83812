package economy

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/simulation"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// noRules is the code of an organiser without published rules of early education.
const noRules = "DAY-081"

// newView asks the question.
type newView struct {
	Lacks        *ui.Empty // no published rules: there is nothing to compute from
	Form         *ui.Form
	Options      []ui.Option // service needs with their values today
	Coefficients []coefficientRow
	Models       []ui.Option
	Reactions    []ui.Option
	Parameters   []ui.Option // what can be tried at many values
}

// fold is a part of the form that opens; one with something in it stands open.
type fold struct {
	Title string
	Open  bool
}

// folded are the fields of each part.
var folded = map[string][]string{"options": {"options"}, "model": {"model", "cap"}, "fees": {"max_fee", "min_fee", "limit_percent", "multiplier", "carry"}, "children": {"children"},
	"sweep": {"sweep", "sweep_from", "sweep_to", "sweep_step"}}

// Fold gives a part of the form; an error in a field that is shut would not be seen.
func (v newView) Fold(part string) fold {
	fields := folded[part]
	if part == "coefficients" {
		for _, c := range v.Coefficients {
			fields = append(fields, c.Field(), c.Fee())
		}
	}
	f := fold{Title: "economy.fold." + part}
	var wrong fault.List
	if v.Form.Refused() {
		wrong = fault.All(v.Form.Err())
	}
	for _, name := range fields {
		f.Open = f.Open || v.Form.Value(name) != "" || slices.ContainsFunc(wrong, func(x *fault.Fault) bool { return x.Field == name })
	}
	return f
}

// coefficientRow is one service need with the fields of its coefficients.
type coefficientRow struct{ Code, Name, Now string }

// Field names the field of the value's coefficient, Fee that of the fee's.
func (c coefficientRow) Field() string { return "coefficient." + c.Code }

// Fee names the field of the fee's coefficient.
func (c coefficientRow) Fee() string { return "fee_coefficient." + c.Code }

func (p *Pages) ask(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	var terms store.Terms
	var copied []simulation.Simulation
	err := r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if terms, err = store.TermsNow(ctx, tx, r.Actor, r.Actor.Organiser); err != nil {
			return err
		}
		if !f.Submitted() && f.Value("copy") != "" {
			copied, err = simulation.Get(ctx, tx, r.Actor, r.Actor.Organiser, f.ID("copy"))
		}
		return err
	})
	if fault.CodeOf(err) == noRules { // not an error of the reader: the organiser has no rules of daycare yet
		return r.Show(w, http.StatusOK, "economy/new", newView{Lacks: lacks(r)})
	}
	if err != nil {
		return err
	}
	now := terms.Rules[len(terms.Rules)-1]
	if f.Submitted() {
		c := readChange(f, now.Profile)
		title := f.Text("name")
		if !f.Refused() {
			var id int64
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
				id, err = simulation.Ask(ctx, tx, r.Actor, r.Actor.Organiser, title, c)
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/daycare/economy/simulations/"+ui.Digits(id), "economy.asked")
			}
			if !f.Take(err) {
				return err
			}
		}
	} else if len(copied) > 0 {
		fillIn(f, at(f, copied[0]))
	} else {
		f.Set("from", nextSeason(r.Today()))
		f.Set("prices", string(simulation.Adjust))
	}
	return r.Show(w, f.Status(), "economy/new", newPage(r, f, terms, now))
}

// lacks tells what has to be there before a calculation; only those who make the rules are sent to them.
func lacks(r *ui.Request) *ui.Empty {
	e := &ui.Empty{Title: r.T("economy.rules.none"), Text: r.T("economy.rules.none_text")}
	if r.Actor.Can(access.RulebookEdit) {
		e.Links = []ui.Link{{Text: r.T("daycarerules.title"), Href: r.Path("/daycare/rules")}}
	}
	return e
}

// nextSeason is the next first of August: the year of early education begins on it.
func nextSeason(today calendar.Date) calendar.Date {
	year, _, _ := today.Civil()
	if d := calendar.Day(year, 8, 1); d > today {
		return d
	}
	return calendar.Day(year+1, 8, 1)
}

func newPage(r *ui.Request, f *ui.Form, t store.Terms, now store.Rules) newView {
	v := newView{Form: f}
	set := t.RuleSet(now)
	for _, o := range now.Profile.Options {
		name := o.Names.In(r.Lang)
		value, _ := set.TableValue(o.Code, max(r.Today(), now.ValidFrom))
		v.Options = append(v.Options, ui.Option{Value: o.Code, Text: name, Hint: r.T("economy.value_now", "over", value.OverThree, "under", value.UnderThree)})
		v.Coefficients = append(v.Coefficients, coefficientRow{o.Code, name, r.T("economy.coefficient_now", "value", o.ValueCoefficient, "fee", o.FeeCoefficient)})
	}
	model, _ := now.Profile.PriceModelOn(max(r.Today(), now.ValidFrom))
	v.Models = []ui.Option{{Value: "", Text: r.T("economy.model.same", "model", r.T("economy.model."+strings.ToLower(string(model.Model))))}}
	for _, m := range daycare.Models() {
		v.Models = append(v.Models, ui.Option{Value: string(m), Text: r.T("economy.model." + strings.ToLower(string(m)))})
	}
	v.Parameters = []ui.Option{{Value: "", Text: r.T("economy.sweep.none")}}
	for _, x := range simulation.Parameters() {
		v.Parameters = append(v.Parameters, ui.Option{Value: string(x), Text: r.T("economy.sweep." + string(x))})
	}
	for _, x := range simulation.Reactions() {
		v.Reactions = append(v.Reactions, ui.Option{Value: string(x), Text: r.T("economy.prices." + string(x)), Hint: r.T("economy.prices." + string(x) + "_hint")})
	}
	return v
}

// readChange reads the question; what cannot be is refused at its field.
func readChange(f *ui.Form, now profile.Profile) simulation.Change {
	c := simulation.Change{From: f.Date("from"), Carry: f.Bool("carry"), Model: daycare.Model(f.Value("model"))}
	c.Values.Percent, c.Values.Cents = optionalRate(f, "percent"), optionalCents(f, "cents")
	codes := make([]string, len(now.Options))
	for i, o := range now.Options {
		codes[i] = o.Code
	}
	c.Values.Options = f.Choices("options", codes...)
	c.Cap = optionalCents(f, "cap")
	var reactions []string
	for _, x := range simulation.Reactions() {
		reactions = append(reactions, string(x))
	}
	c.Prices = simulation.PriceReaction(f.Choice("prices", reactions...))
	c.Thresholds = simulation.ThresholdChange{LimitPercent: optionalRate(f, "limit_percent"), MaxFee: optionalCents(f, "max_fee"), MinFee: optionalCents(f, "min_fee")}
	if pct := optionalRate(f, "multiplier"); pct != nil {
		c.Thresholds.Multiplier = new(pct.Percent().Shown(6)) // 10,7 % is written, 0.107 is computed with
	}
	c.Children = optionalRate(f, "children")
	if of := f.Value("sweep"); of != "" {
		c.Sweep = &simulation.Sweep{Of: simulation.Parameter(of), From: neededRate(f, "sweep_from"), To: neededRate(f, "sweep_to"), Step: neededRate(f, "sweep_step")}
	}
	for _, o := range now.Options {
		row := coefficientRow{Code: o.Code}
		k := simulation.Coefficients{Value: optionalRate(f, row.Field()), Fee: optionalRate(f, row.Fee())}
		if k != (simulation.Coefficients{}) {
			if c.Coefficients == nil {
				c.Coefficients = map[string]simulation.Coefficients{}
			}
			c.Coefficients[o.Code] = k
		}
	}
	return c
}

// at is an earlier question; of a sweep the question with the value that the address names.
func at(f *ui.Form, s simulation.Simulation) simulation.Simulation {
	if value, err := money.ParseRate(f.Value("at")); err == nil && s.Change.Sweep != nil {
		s.Change = s.Change.At(value)
	}
	return s
}

func neededRate(f *ui.Form, name string) money.Rate { return ui.Read(f, name, parseRate) }

func parseRate(s string) (money.Rate, error) {
	s = strings.NewReplacer("%", "", "€", "", "−", "-", "+", "", "\u00a0", "").Replace(s)
	return money.ParseRate(strings.TrimSpace(s))
}

func optionalRate(f *ui.Form, name string) *money.Rate {
	x, given := ui.ReadOptional(f, name, parseRate)
	if !given {
		return nil
	}
	return &x
}

func optionalCents(f *ui.Form, name string) *money.Cents {
	x, given := f.OptionalCents(name)
	if !given {
		return nil
	}
	return &x
}

// fillIn puts an earlier question on the form, to be changed and asked again.
func fillIn(f *ui.Form, s simulation.Simulation) {
	c := s.Change
	f.Set("name", s.Name)
	f.Set("from", c.From)
	f.Set("carry", c.Carry)
	f.Set("model", string(c.Model))
	f.Set("prices", string(c.Prices))
	f.Set("options", slices.Clone(c.Values.Options))
	for name, x := range map[string]*money.Rate{"percent": c.Values.Percent, "limit_percent": c.Thresholds.LimitPercent, "children": c.Children} {
		if x != nil {
			f.Set(name, *x)
		}
	}
	if m := c.Thresholds.Multiplier; m != nil {
		f.Set("multiplier", m.Exact().Times(money.Whole(100)).Shown(4))
	}
	for name, x := range map[string]*money.Cents{"cents": c.Values.Cents, "cap": c.Cap, "max_fee": c.Thresholds.MaxFee, "min_fee": c.Thresholds.MinFee} {
		if x != nil {
			f.Set(name, *x)
		}
	}
	if x := c.Sweep; x != nil {
		f.Set("sweep", string(x.Of))
		f.Set("sweep_from", x.From)
		f.Set("sweep_to", x.To)
		f.Set("sweep_step", x.Step)
	}
	for code, k := range c.Coefficients {
		row := coefficientRow{Code: code}
		if k.Value != nil {
			f.Set(row.Field(), *k.Value)
		}
		if k.Fee != nil {
			f.Set(row.Fee(), *k.Fee)
		}
	}
}

func (p *Pages) cancel(w http.ResponseWriter, r *ui.Request) error {
	id, err := r.PathID("simulation")
	if err != nil {
		return err
	}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		return simulation.Cancel(ctx, tx, r.Actor, r.Actor.Organiser, id)
	})
	if err != nil {
		return err
	}
	return r.SeeOther(w, "/daycare/economy/simulations/"+ui.Digits(id), "economy.cancelled")
}
