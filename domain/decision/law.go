package decision

import (
	"math"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/platform/i18n"
)

// Field is a field of services; each has its own act on vouchers.
type Field string

// Fields of services.
const (
	Social         Field = "social"
	Health         Field = "health"
	EarlyEducation Field = "early_education"
)

// Acts on vouchers.
const (
	VoucherAct          = "569/2009"  // social and health services; early education until the end of 2025
	EducationVoucherAct = "1048/2025" // early education
)

// Terms are the limits of asking for a rectification, in days.
type Terms struct {
	Days       int `json:"days"`            // from the day of receipt, which is not counted
	Letter     int `json:"letter_days"`     // a letter counts as received so many days after it was sent
	Electronic int `json:"electronic_days"` // an electronic message likewise
}

// Law is the basis of a decision made on a day. A decision keeps the basis of its day for ever.
type Law struct {
	Act   string
	Terms Terms
	From  calendar.Date // of decisions
}

// laws are the bases by field, the newest first, with where they come from.
var laws = map[Field][]Law{
	EarlyEducation: {
		{EducationVoucherAct, Terms{30, 7, 3}, calendar.Day(2026, time.January, 1)}, // HE 54/2025: decisions made before stay under the old act
		{VoucherAct, Terms{30, 7, 3}, calendar.Day(2022, time.January, 1)},
		{VoucherAct, Terms{14, 7, 3}, math.MinInt32},
	},
	Social: social, Health: social,
}

var social = []Law{
	{VoucherAct, Terms{30, 7, 3}, calendar.Day(2022, time.January, 1)}, // general practice of organisers' instructions from 2022
	{VoucherAct, Terms{14, 7, 3}, math.MinInt32},                       // 569/2009, 13 § as enacted: 14 days, a letter is received on the 7th
}

var errField = fault.New(fault.Invalid, "DEC-006", "decision.field_unknown").At("service_field")

// Basis gives the act on vouchers and the limits of appeal for a field and the day of the decision. DEC-006 for an unknown field.
func Basis(field Field, made calendar.Date) (Law, error) {
	for _, law := range laws[field] {
		if made >= law.From {
			return law, nil
		}
	}
	return Law{}, errField.With("field", string(field))
}

// basis is the law of a draft: that of its field when the field is told, otherwise the act that the service names. An act on early
// education's vouchers leads to the field itself, because a decision made before the act was in force stands on the older one.
func (d Draft) basis(day calendar.Date) (Law, error) {
	field := d.Field
	if field == "" && d.LegalAct == EducationVoucherAct {
		field = EarlyEducation
	}
	if field != "" {
		return Basis(field, day)
	}
	law, err := Basis(Social, day)
	law.Act = d.LegalAct
	return law, err
}

// ActOn is the act that a letter names for a service's act when the decision is made on a day, as Make stores it.
func ActOn(act string, made calendar.Date) string {
	law, err := Draft{LegalAct: act}.basis(made)
	if err != nil {
		return act
	}
	return law.Act
}

// Provision is an act and its section as a letter names them: an act that the texts know by its name.
func Provision(texts *i18n.Catalogue, lang i18n.Lang, act, section string) string {
	if key := "decision.law." + act; texts.Has(key) {
		return texts.Text(lang, key, map[string]any{"section": section})
	}
	return strings.TrimSpace(act + " " + section)
}

// Channel is how a decision reached its party.
type Channel string

// Channels.
const (
	ByLetter     Channel = "letter"
	ByElectronic Channel = "electronic"       // Suomi.fi messages or the own portal
	ByHand       Channel = "handed_over"      // received at once
	ByReceipt    Channel = "proof_of_service" // received on the day that the receipt says, never before it is known
)

// Channels lists them in the order of a form.
func Channels() []Channel { return []Channel{ByLetter, ByElectronic, ByHand, ByReceipt} }

// Received gives the day on which a decision sent by a channel counts as received, unless another day is shown; false when only a
// receipt can tell it (434/2003, 59–60 §; 13/2003, 19 §).
func (t Terms) Received(channel Channel, sent calendar.Date) (calendar.Date, bool) {
	switch channel {
	case ByLetter:
		return sent + calendar.Date(t.Letter), true
	case ByElectronic:
		return sent + calendar.Date(t.Electronic), true
	case ByHand:
		return sent, true
	}
	return 0, false
}

// Deadline is the last day of appeal when the decision was received on a day. It never falls on a closed day (150/1930, 5 §).
func (t Terms) Deadline(received calendar.Date) calendar.Date {
	return calendar.Deadline(received, t.Days)
}

var errTerms = fault.New(fault.Invalid, "DEC-007", "decision.terms_out_of_range")

// check refuses limits that no act knows.
func (t Terms) check() error {
	var wrong fault.List
	for _, f := range []struct {
		field     string
		n         int
		low, high int
	}{{"days", t.Days, 7, 90}, {"letter_days", t.Letter, 0, 30}, {"electronic_days", t.Electronic, 0, 30}} {
		if f.n < f.low || f.n > f.high {
			wrong = append(wrong, errTerms.At(f.field).With("from", f.low).With("to", f.high))
		}
	}
	return wrong.Err()
}
