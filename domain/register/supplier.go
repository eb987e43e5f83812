package register

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/fault"
	"seteli/domain/register/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// SupplierSet is the audit's name of a change in what an organiser knows of a company.
const SupplierSet audit.Act = "supplier.set"

var (
	errTerm     = fault.New(fault.Invalid, "REG-030", "register.supplier.term").At("payment_term_days")
	errSupplier = fault.New(fault.Invalid, "REG-031", "register.supplier.number").At("supplier_number")
)

// Supplier is what one organiser knows of a company for its own payments.
type Supplier struct {
	Organiser       int32
	Provider        int64
	Number          string // in the organiser's purchase ledger
	PaymentTermDays *int   // nil = the organiser's general term
	HoldReason      string // payments are held while it is not empty
	SetAt           time.Time
	SetBy           string
}

// SupplierInput replaces what the organiser knows of the company.
type SupplierInput struct {
	Organiser       int32
	Provider        int64
	Number          string
	PaymentTermDays *int
	HoldReason      string
	Seen            *time.Time // SetAt of what the person saw, the zero time when there was nothing; nil: whatever is there is replaced
}

// maySet: those who handle applications and those who prepare settlements; who approves a run does not also say whom it pays.
func maySet(by access.Actor, organiser int32) error {
	err := by.May(access.SettlementPrepare, organiser)
	if errors.Is(err, access.ErrForbidden) {
		return by.May(access.RegisterCheck, organiser)
	}
	return err
}

// SetSupplier writes supplier number, term and hold; the settlement reads it. REG-004 when somebody else has set them since Seen.
func SetSupplier(ctx context.Context, tx *postgres.Tx, by access.Actor, in SupplierInput) (Supplier, error) {
	if err := maySet(by, in.Organiser); err != nil {
		return Supplier{}, err
	}
	var term *int16
	if in.PaymentTermDays != nil {
		if *in.PaymentTermDays < 0 || *in.PaymentTermDays > 90 {
			return Supplier{}, errTerm
		}
		days := int16(*in.PaymentTermDays)
		term = &days
	}
	in.Number = strings.TrimSpace(in.Number)
	if len(in.Number) > 35 { // the longest identification in a payment file
		return Supplier{}, errSupplier
	}
	if _, err := Get(ctx, tx, in.Provider); err != nil {
		return Supplier{}, err
	}
	n, err := db.New(tx).SupplierSet(ctx, db.SupplierSetParams{OrganiserID: in.Organiser, ProviderID: in.Provider, SupplierNumber: in.Number,
		PaymentTermDays: term, HoldReason: strings.TrimSpace(in.HoldReason), SetAt: tx.Now(), SetBy: by.Name, Seen: in.Seen})
	if err != nil {
		return Supplier{}, fmt.Errorf("setting supplier data of provider %d: %w", in.Provider, err)
	}
	if n == 0 {
		return Supplier{}, errStale
	}
	s, err := SupplierOf(ctx, tx, in.Organiser, in.Provider)
	if err != nil {
		return Supplier{}, err
	}
	return s, audit.Write(ctx, tx, by, SupplierSet, audit.Ref{Kind: "provider", ID: in.Provider, Label: strconv.FormatInt(in.Provider, 10)}, in)
}

// SupplierOf reads what the organiser knows of the company; nothing known is an empty Supplier.
func SupplierOf(ctx context.Context, tx *postgres.Tx, organiser int32, provider int64) (Supplier, error) {
	r, err := db.New(tx).SupplierGet(ctx, db.SupplierGetParams{OrganiserID: organiser, ProviderID: provider})
	if errors.Is(err, pgx.ErrNoRows) {
		return Supplier{Organiser: organiser, Provider: provider}, nil
	}
	if err != nil {
		return Supplier{}, fmt.Errorf("reading supplier data of provider %d: %w", provider, err)
	}
	s := Supplier{Organiser: r.OrganiserID, Provider: r.ProviderID, Number: r.SupplierNumber, HoldReason: r.HoldReason, SetAt: r.SetAt, SetBy: r.SetBy}
	if r.PaymentTermDays != nil {
		days := int(*r.PaymentTermDays)
		s.PaymentTermDays = &days
	}
	return s, nil
}
