package admission

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/catalogue"
	"seteli/domain/register"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

var (
	errMissingRulebook   = fault.New(fault.Invalid, "ADM-030", "admission.missing.rulebook").At(string(PartRulebook))
	errMissingUnits      = fault.New(fault.Invalid, "ADM-031", "admission.missing.units").At(string(PartUnits))
	errMissingAccount    = fault.New(fault.Invalid, "ADM-032", "admission.missing.account").At(string(PartBilling))
	errMissingContract   = fault.New(fault.Invalid, "ADM-033", "admission.missing.contract").At(string(PartBilling))
	errMissingPrice      = fault.New(fault.Invalid, "ADM-034", "admission.missing.price").At(string(PartPrices))
	errMissingAttachment = fault.New(fault.Invalid, "ADM-035", "admission.missing.attachment").At(string(PartAttachments))
	errAttachmentExpired = fault.New(fault.Invalid, "ADM-036", "admission.missing.attachment_expired").At(string(PartAttachments))
	errUnitPassive       = fault.New(fault.Invalid, "ADM-037", "admission.missing.unit_passive").At(string(PartUnits))
)

// Facts are what completeness is judged from.
type Facts struct {
	Application Application
	Company     register.Provider
	Units       []register.Unit // chosen
	Service     catalogue.Service
	Slots       []catalogue.Slot
	Rulebook    rulebook.Rulebook // in force today
	Bound       rulebook.Rulebook // whose conditions bind: the accepted one, before that the one in force
	Criteria    []Criterion       // of Bound
	Prices      []PriceLine
	Attachments []Attachment
	Day         calendar.Date
}

// Missing tells everything that still keeps the application from being signed, part by part; nil when it is whole.
// Pure: the task list, the summary and the signature ask the same function.
func (f Facts) Missing() fault.List {
	var faults fault.List
	if f.Application.Rulebook == nil || *f.Application.Rulebook != f.Rulebook.ID {
		faults = append(faults, errMissingRulebook)
	}
	faults = append(faults, f.missingCriteria()...)
	if len(f.Units) == 0 {
		faults = append(faults, errMissingUnits)
	}
	for _, u := range f.Units {
		if !u.Active {
			faults = append(faults, errUnitPassive.With("unit", u.Name))
		}
	}
	faults = append(faults, f.missingBilling()...)
	faults = append(faults, f.missingPrices()...)
	return append(faults, f.missingAttachments()...)
}

// missingBilling: nobody can be paid without an account; a register-only service pays nothing.
func (f Facts) missingBilling() fault.List {
	if f.Service.Mode == catalogue.Register {
		return nil
	}
	var faults fault.List
	if f.Application.BillingLevel == register.ByCompany && f.Company.IBAN.IsZero() {
		faults = append(faults, errMissingAccount.With("name", f.Company.Name))
	}
	if f.Application.BillingLevel == register.ByUnit {
		for _, u := range f.Units {
			if u.IBAN.IsZero() {
				faults = append(faults, errMissingAccount.With("name", u.Name))
			}
		}
	}
	if f.Service.Mode == catalogue.Purchased && f.Application.ContractNumber == "" {
		faults = append(faults, errMissingContract)
	}
	return faults
}

// missingPrices: each unit tells a price for at least one content, and what it has no price for it does not provide.
func (f Facts) missingPrices() fault.List {
	var faults fault.List
	priced := map[int64]bool{}
	for _, p := range f.Prices {
		priced[p.Unit] = true
	}
	for _, u := range f.Units {
		if !priced[u.ID] && len(f.Service.Contents) > 0 {
			faults = append(faults, errMissingPrice.With("unit", u.Name))
		}
	}
	return faults
}

func (f Facts) missingAttachments() fault.List {
	var faults fault.List
	for _, s := range f.Slots {
		if !s.Required || !s.Active {
			continue
		}
		if s.Level != "unit" {
			faults = append(faults, f.missingIn(s, 0, f.Company.Name)...)
			continue
		}
		for _, u := range f.Units {
			faults = append(faults, f.missingIn(s, u.ID, u.Name)...)
		}
	}
	return faults
}

func (f Facts) missingIn(s catalogue.Slot, unit int64, whose string) fault.List {
	expired := false
	for _, a := range f.Attachments {
		if a.Slot != s.ID || a.Unit != unit {
			continue
		}
		if !a.Expired(f.Day) {
			return nil
		}
		expired = true
	}
	missing := errMissingAttachment
	if expired {
		missing = errAttachmentExpired
	}
	return fault.List{missing.With("slot", s.ID).With("name", s.Names).With("whose", whose)}
}

// RequestSignature leaves the draft to the signatory. It must be whole.
func RequestSignature(ctx context.Context, tx *postgres.Tx, by access.Actor, key Key) (Application, error) {
	a, err := whole(ctx, tx, by, access.ApplicationPrepare, key, request)
	if err != nil {
		return Application{}, err
	}
	return moved(ctx, tx, by, a, ActRequested, "", key)
}

// TakeBack makes an unsigned application a draft again.
func TakeBack(ctx context.Context, tx *postgres.Tx, by access.Actor, key Key) (Application, error) {
	a, err := lock(ctx, tx, by, access.ApplicationPrepare, key)
	if err != nil {
		return Application{}, err
	}
	if a.State, err = a.State.after(takeBack); err != nil {
		return Application{}, err
	}
	return moved(ctx, tx, by, a, ActTakenBack, "", key)
}

// Sign sends the application: only somebody with the right to sign for the company. A completed one goes back to
// its handler, and only then do the asked parts close.
func Sign(ctx context.Context, tx *postgres.Tx, by access.Actor, key Key) (Application, error) {
	a, err := whole(ctx, tx, by, access.ApplicationSign, key, sign)
	if err != nil {
		return Application{}, err
	}
	if a.SentAt == nil {
		at := tx.Now()
		a.SentAt = &at
	}
	a.CompleteParts, a.CompleteBy = nil, nil
	a, err = moved(ctx, tx, by, a, ActSigned, "", key)
	if err != nil {
		return Application{}, err
	}
	return a, tx.Outbox(ctx, postgres.Message{Organiser: a.Organiser, Topic: TopicSent,
		Dedup: fmt.Sprintf("%s:%d:%d", TopicSent, a.ID, a.RowVersion), Payload: ApplicationMessage{a.ID}})
}

// whole locks the application, makes the move and refuses it, with everything that is missing, when something is.
func whole(ctx context.Context, tx *postgres.Tx, by access.Actor, right access.Right, key Key, m move) (Application, error) {
	a, err := lock(ctx, tx, by, right, key)
	if err != nil {
		return Application{}, err
	}
	next, err := a.State.after(m)
	if err != nil {
		return Application{}, err
	}
	facts, err := factsOf(ctx, tx, a)
	if err != nil {
		return Application{}, err
	}
	if err := facts.Missing().Err(); err != nil {
		return Application{}, err
	}
	a.State = next
	return a, nil
}

// WithdrawInput ends an application by the company's own wish.
type WithdrawInput struct {
	Key
	Reason string
}

// Withdraw ends the application before a decision: a draft by those who prepare, a sent one by the signatory too.
func Withdraw(ctx context.Context, tx *postgres.Tx, by access.Actor, in WithdrawInput) (Application, error) {
	a, err := lock(ctx, tx, by, access.ApplicationPrepare, in.Key)
	if err != nil {
		return Application{}, err
	}
	if a.State, err = a.State.after(withdraw); err != nil {
		return Application{}, err
	}
	return moved(ctx, tx, by, a, ActWithdrawn, in.Reason, in)
}
