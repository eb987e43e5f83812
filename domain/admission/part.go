package admission

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/admission/db"
	"seteli/domain/catalogue"
	"seteli/domain/register"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

var (
	errOldRulebook = fault.New(fault.Conflict, "ADM-010", "admission.rulebook.changed").At("accept")
	errNoUnits     = fault.New(fault.Invalid, "ADM-011", "admission.units.needed").At("units")
	errForeignUnit = fault.New(fault.Invalid, "ADM-012", "admission.units.unknown").At("units")
	errBilling     = fault.New(fault.Invalid, "ADM-013", "admission.billing.unknown").At("billing_level")
	errPriceUnit   = fault.New(fault.Invalid, "ADM-014", "admission.prices.unit").At("prices")
	errPriceDouble = fault.New(fault.Invalid, "ADM-015", "admission.prices.double").At("prices")
	errContent     = fault.New(fault.Invalid, "ADM-018", "admission.prices.content")
	errVAT         = fault.New(fault.Invalid, "ADM-019", "admission.prices.vat")
)

// VATCodes are the treatments that a price can have: social welfare and health care services are exempt (1501/1993,
// 34–38 §), others carry a rate.
func VATCodes() []string { return []string{"exempt", "standard", "reduced"} }

// AcceptInput accepts the rulebook that was read.
type AcceptInput struct {
	Key
	Rulebook int64
}

// AcceptRulebook binds the application to the rulebook version in force. ADM-010 when another version has come into force since it was read.
func AcceptRulebook(ctx context.Context, tx *postgres.Tx, by access.Actor, in AcceptInput) (Application, error) {
	a, err := editable(ctx, tx, by, access.ApplicationPrepare, in.Key, PartRulebook)
	if err != nil {
		return Application{}, err
	}
	now, err := rulebook.Current(ctx, tx, a.Organiser, a.Service, tx.Today())
	if err != nil {
		return Application{}, err
	}
	if now.ID != in.Rulebook {
		return Application{}, errOldRulebook
	}
	at := tx.Now()
	a.Rulebook, a.RulebookAcceptedAt, a.RulebookAcceptedBy = &now.ID, &at, by.Name
	return edited(ctx, tx, by, a, map[string]any{"rulebook": now.ID})
}

// UnitsInput chooses the units that the application is about.
type UnitsInput struct {
	Key
	Units []int64
}

// ChooseUnits replaces the units. Prices of units that stay are kept.
func ChooseUnits(ctx context.Context, tx *postgres.Tx, by access.Actor, in UnitsInput) (Application, error) {
	a, err := editable(ctx, tx, by, access.ApplicationPrepare, in.Key, PartUnits)
	if err != nil {
		return Application{}, err
	}
	if len(in.Units) == 0 {
		return Application{}, errNoUnits
	}
	own, err := register.Units(ctx, tx, a.Provider)
	if err != nil {
		return Application{}, err
	}
	for _, id := range in.Units {
		if !slices.ContainsFunc(own, func(u register.Unit) bool { return u.ID == id && u.Active && by.SeesUnit(id) }) {
			return Application{}, errForeignUnit
		}
	}
	q := db.New(tx)
	if err := q.UnitsClear(ctx, db.UnitsClearParams{OrganiserID: a.Organiser, ApplicationID: a.ID, Keep: in.Units}); err != nil {
		return Application{}, fmt.Errorf("clearing units of application %d: %w", a.ID, err)
	}
	if err := q.UnitsAdd(ctx, db.UnitsAddParams{OrganiserID: a.Organiser, ApplicationID: a.ID, ProviderID: a.Provider, UnitIds: in.Units}); err != nil {
		return Application{}, fmt.Errorf("choosing units of application %d: %w", a.ID, err)
	}
	return edited(ctx, tx, by, a, map[string]any{"units": in.Units})
}

// BillingInput chooses who is paid for this service, the company or the unit.
type BillingInput struct {
	Key
	Level          register.BillingLevel
	ContractNumber string // purchased service
}

// SetBilling sets the level and, for a purchased service, the number of the framework agreement.
func SetBilling(ctx context.Context, tx *postgres.Tx, by access.Actor, in BillingInput) (Application, error) {
	a, err := editable(ctx, tx, by, access.PricePropose, in.Key, PartBilling)
	if err != nil {
		return Application{}, err
	}
	if in.Level != register.ByCompany && in.Level != register.ByUnit {
		return Application{}, errBilling
	}
	a.BillingLevel, a.ContractNumber = in.Level, strings.TrimSpace(in.ContractNumber)
	return edited(ctx, tx, by, a, map[string]any{"level": in.Level, "contract": a.ContractNumber})
}

// PriceLine is a price of one content in one unit from a day on.
type PriceLine struct {
	Unit, Content int64
	Price         money.Cents // per unit of the content, with tax
	From          calendar.Date
	Note          string
	VATCode       string
}

// PricesInput is the whole price list of the application.
type PricesInput struct {
	Key
	Prices []PriceLine
	Models rulebook.Models `json:"-"`
}

// SetPrices replaces the price list. Every line is checked and all faults come back at once, with unit and content.
func SetPrices(ctx context.Context, tx *postgres.Tx, by access.Actor, in PricesInput) (Application, error) {
	a, err := editable(ctx, tx, by, access.PricePropose, in.Key, PartPrices)
	if err != nil {
		return Application{}, err
	}
	q := db.New(tx)
	units, err := q.UnitsOf(ctx, db.UnitsOfParams{OrganiserID: a.Organiser, ApplicationID: a.ID})
	if err != nil {
		return Application{}, fmt.Errorf("reading units of application %d: %w", a.ID, err)
	}
	rules, err := priceRules(ctx, tx, in.Models, a.Organiser, a.Service)
	if err != nil {
		return Application{}, err
	}
	if err := rules.list(units, in.Prices); err != nil {
		return Application{}, err
	}
	if err := q.PricesClear(ctx, db.PricesClearParams{OrganiserID: a.Organiser, ApplicationID: a.ID}); err != nil {
		return Application{}, fmt.Errorf("clearing prices of application %d: %w", a.ID, err)
	}
	add := db.PricesAddParams{OrganiserID: a.Organiser, ApplicationID: a.ID, ProviderID: a.Provider}
	for _, p := range in.Prices {
		add.UnitIds, add.ContentIds, add.Prices = append(add.UnitIds, p.Unit), append(add.ContentIds, p.Content), append(add.Prices, int64(p.Price))
		add.ValidFroms, add.Notes, add.VatCodes = append(add.ValidFroms, p.From), append(add.Notes, p.Note), append(add.VatCodes, p.VATCode)
	}
	if err := q.PricesAdd(ctx, add); err != nil {
		return Application{}, fmt.Errorf("setting prices of application %d: %w", a.ID, err)
	}
	return edited(ctx, tx, by, a, map[string]any{"prices": in.Prices})
}

// rules of one service: what is needed to judge a price, read once.
type rules struct {
	service catalogue.Service
	book    rulebook.Rulebook
	models  rulebook.Models
	day     calendar.Date
}

func priceRules(ctx context.Context, tx *postgres.Tx, models rulebook.Models, organiser int32, service int64) (rules, error) {
	s, err := serviceOf(ctx, tx, organiser, service)
	if err != nil {
		return rules{}, err
	}
	book, err := rulebook.Current(ctx, tx, organiser, service, tx.Today())
	if err != nil {
		return rules{}, err
	}
	return rules{s, book, models, tx.Today()}, nil
}

// list judges a whole list: each unit chosen, each content known, no two prices for one thing, each price acceptable.
func (r rules) list(units []int64, prices []PriceLine) error {
	var faults fault.List
	type thing struct{ unit, content int64 }
	seen := map[thing]bool{}
	for _, p := range prices {
		at := thing{p.Unit, p.Content}
		switch {
		case !slices.Contains(units, p.Unit):
			faults = append(faults, errPriceUnit)
		case seen[at]:
			faults = append(faults, errPriceDouble)
		}
		seen[at] = true
		faults = append(faults, fault.All(r.price(p))...)
	}
	return faults.Err()
}

// FieldOf names the form field of a price, so that a fault lands on it.
func FieldOf(unit, content int64) string { return fmt.Sprintf("price-%d-%d", unit, content) }

// price judges one price: of a content in use, positive, at most the cap, and acceptable to the service's value model (a
// service that is free by law has no price above the value, 569/2009, 7 §).
func (r rules) price(p PriceLine) error {
	field := FieldOf(p.Unit, p.Content)
	content, ok := r.service.Content(p.Content)
	switch {
	case !ok || !content.Period.Contains(max(p.From, r.day)):
		return errContent.At(field)
	case !slices.Contains(VATCodes(), p.VATCode):
		return errVAT.At(field)
	}
	return fault.On(r.models.CheckPrice(r.book, rulebook.PriceInput{Content: p.Content, Price: p.Price, Day: p.From, Cap: content.PriceCap,
		OwnShareForbidden: r.service.OwnShareForbidden}), field)
}

// editable locks the application and refuses a part that is not open now.
func editable(ctx context.Context, tx *postgres.Tx, by access.Actor, right access.Right, key Key, part Part) (Application, error) {
	a, err := lock(ctx, tx, by, right, key)
	if err != nil {
		return Application{}, err
	}
	return a, a.open(part)
}

func edited(ctx context.Context, tx *postgres.Tx, by access.Actor, a Application, detail any) (Application, error) {
	a, err := save(ctx, tx, a)
	if err != nil {
		return Application{}, err
	}
	return a, audit.Write(ctx, tx, by, ActEdited, a.Ref(), detail)
}
