package admission

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/admission/db"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts of the audit about prices.
const (
	ActPriceProposed  audit.Act = "price.proposed"
	ActPriceWithdrawn audit.Act = "price.withdrawn"
	ActPriceDecided   audit.Act = "price.decided"
)

// PriceState is how far a price has come.
type PriceState string

// States of a price. An approved one is in force in its period and is replaced by ending it.
const (
	PriceProposed  PriceState = "proposed"
	PriceApproved  PriceState = "approved"
	PriceRejected  PriceState = "rejected"
	PriceWithdrawn PriceState = "withdrawn"
)

// PriceMessage is the payload of TopicPrice.
type PriceMessage struct {
	Price int64 `json:"price"`
}

var (
	errNoPrice     = fault.New(fault.NotFound, "ADM-080", "admission.price.unknown")
	errNotice      = fault.New(fault.Invalid, "ADM-081", "admission.price.notice")
	errProposed    = fault.New(fault.Conflict, "ADM-082", "admission.price.proposed_already")
	errOverlap     = fault.New(fault.Conflict, "ADM-083", "admission.price.overlap")
	errDecided     = fault.New(fault.Conflict, "ADM-084", "admission.price.decided_already")
	errPriceReason = fault.New(fault.Invalid, "ADM-085", "admission.price.reason").At("reason")
	errPricePast   = fault.New(fault.Conflict, "ADM-086", "admission.price.day_passed")
	errNotApproved = fault.New(fault.Conflict, "ADM-087", "admission.price.not_approved")
	errPriceSame   = fault.New(fault.Invalid, "ADM-088", "admission.price.same")
)

// Price is a unit's price for a content in a period.
type Price struct {
	Organiser               int32
	ID                      int64
	Provider, Unit, Content int64
	Price                   money.Cents // per unit of the content, with tax
	Period                  calendar.Period
	VATCode, Note           string
	State                   PriceState
	ProposedAt              time.Time
	ProposedBy              string
	DecidedAt               *time.Time
	DecidedBy, Reason       string
	RowVersion              int32
}

// Ref names the price in the audit.
func (p Price) Ref() audit.Ref {
	return audit.Ref{Kind: "price", ID: p.ID, Label: strconv.FormatInt(p.ID, 10)}
}

// ProposeInput proposes a new price from a day on.
type ProposeInput struct {
	Organiser int32
	Service   int64
	PriceLine
	Models rulebook.Models `json:"-"`
}

// ProposePrice asks for a new price. Refused when the notice of the rulebook is not kept or the day is outside its
// price windows (ADM-081), above the cap (RUL-018), while another proposal waits (ADM-082), and when an approved price already begins on that day or later
// (ADM-083). Until it is approved the old price stays.
func ProposePrice(ctx context.Context, tx *postgres.Tx, by access.Actor, in ProposeInput) (Price, error) {
	if err := by.May(access.PricePropose, in.Organiser); err != nil {
		return Price{}, err
	}
	if !by.SeesUnit(in.Unit) {
		return Price{}, errNotApproved
	}
	provider, err := approvedUnit(ctx, tx, by, in)
	if err != nil {
		return Price{}, err
	}
	rules, err := priceRules(ctx, tx, in.Models, in.Organiser, in.Service)
	if err != nil {
		return Price{}, err
	}
	rows, err := lockPrices(ctx, tx, in.Organiser, in.Unit, in.Content)
	if err != nil {
		return Price{}, err
	}
	field := FieldOf(in.Unit, in.Content)
	if err := rules.price(in.PriceLine); err != nil {
		return Price{}, err
	}
	if err := inWindow(rules.book.Rules, tx.Today(), in.From); err != nil {
		return Price{}, err
	}
	if slices.ContainsFunc(rows, func(p Price) bool { return p.State == PriceProposed }) {
		return Price{}, errProposed.At(field)
	}
	before, err := follows(rows, in.From)
	if err != nil {
		return Price{}, err
	}
	if before != nil && before.Price == in.Price && before.VATCode == in.VATCode {
		return Price{}, errPriceSame.At(field)
	}
	id, err := db.New(tx).PriceAdd(ctx, db.PriceAddParams{OrganiserID: in.Organiser, ProviderID: provider, UnitID: in.Unit, ContentID: in.Content,
		PriceCents: in.Price, ValidFrom: in.From, ValidTo: calendar.Forever, VatCode: in.VATCode, Note: in.Note, State: string(PriceProposed),
		ProposedAt: tx.Now(), ProposedBy: by.Name})
	if err != nil {
		return Price{}, fmt.Errorf("proposing a price: %w", err)
	}
	p, err := priceNow(ctx, tx, in.Organiser, id)
	if err != nil {
		return Price{}, err
	}
	return p, audit.Write(ctx, tx, by, ActPriceProposed, p.Ref(), in)
}

// inWindow: the notice of the rulebook is kept and its price windows allow the day.
func inWindow(r rulebook.Rules, today, from calendar.Date) error {
	earliest := r.EarliestPrice(today)
	if from < earliest || !r.PriceMayBegin(from) {
		return errNotice.At("from").With("earliest", earliest).With("n", r.PriceNoticeDays)
	}
	return nil
}

// approvedUnit locks the unit's approval, so that two proposals for one price queue, and gives the company.
func approvedUnit(ctx context.Context, tx *postgres.Tx, by access.Actor, in ProposeInput) (int64, error) {
	rows, err := db.New(tx).ApprovalsOfUnits(ctx, db.ApprovalsOfUnitsParams{OrganiserID: in.Organiser, ServiceID: in.Service, UnitIds: []int64{in.Unit}, Day: in.From})
	if err != nil {
		return 0, fmt.Errorf("reading the approval of unit %d: %w", in.Unit, err)
	}
	for _, r := range rows {
		if by.Role.Side() != access.ProviderSide || r.ProviderID == by.Provider {
			return r.ProviderID, nil
		}
	}
	return 0, errNotApproved
}

// follows finds the approved price that a price from the day on would end. ADM-083 when an approved one begins on
// that day or later: a list never has two prices for one day. Pure.
func follows(rows []Price, from calendar.Date) (*Price, error) {
	var before *Price
	for i, p := range rows {
		if p.State != PriceApproved || p.Period.Empty() {
			continue
		}
		if p.Period.From >= from {
			return nil, errOverlap.At("from").With("day", p.Period.From).With("price", p.Price)
		}
		if p.Period.Contains(from) {
			before = &rows[i]
		}
	}
	return before, nil
}

// adopt puts a price of an approved application into force, ending the one before.
func adopt(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, provider int64, line PriceLine) error {
	rows, err := lockPrices(ctx, tx, organiser, line.Unit, line.Content)
	if err != nil {
		return err
	}
	before, err := follows(rows, line.From)
	if err != nil {
		return err
	}
	q := db.New(tx)
	if before != nil {
		if before.Price == line.Price && before.VATCode == line.VATCode {
			return nil
		}
		if err := q.PriceClose(ctx, db.PriceCloseParams{OrganiserID: organiser, PriceID: before.ID, ValidTo: line.From}); err != nil {
			return fmt.Errorf("ending price %d: %w", before.ID, err)
		}
	}
	at := tx.Now()
	_, err = q.PriceAdd(ctx, db.PriceAddParams{OrganiserID: organiser, ProviderID: provider, UnitID: line.Unit, ContentID: line.Content,
		PriceCents: line.Price, ValidFrom: line.From, ValidTo: calendar.Forever, VatCode: line.VATCode, Note: line.Note, State: string(PriceApproved),
		ProposedAt: at, ProposedBy: by.Name, DecidedAt: &at, DecidedBy: &by.Name})
	return priceFault(err)
}

func priceFault(err error) error {
	if postgres.ConstraintOf(err) == "price_no_overlap" {
		return errOverlap.Because(err)
	}
	if err != nil {
		return fmt.Errorf("putting a price into force: %w", err)
	}
	return nil
}

// DecidePriceInput approves or rejects a proposed price.
type DecidePriceInput struct {
	Organiser  int32
	Price      int64
	RowVersion int32
	Approve    bool
	Reason     string // needed for a rejection
}

// DecidePrice approves or rejects. An approval ends the price before on the day on which the new one begins.
// The second of two deciders gets ADM-084 or ADM-004 and nothing is lost.
func DecidePrice(ctx context.Context, tx *postgres.Tx, by access.Actor, in DecidePriceInput) (Price, error) {
	if err := by.May(access.PriceApprove, in.Organiser); err != nil {
		return Price{}, err
	}
	p, rows, err := proposedPrice(ctx, tx, by, in.Organiser, in.Price, in.RowVersion)
	if err != nil {
		return Price{}, err
	}
	state := PriceRejected
	if in.Approve {
		state = PriceApproved
		if p.Period.From < tx.Today() {
			return Price{}, errPricePast.With("day", p.Period.From)
		}
		before, err := follows(rows, p.Period.From)
		if err != nil {
			return Price{}, err
		}
		if before != nil {
			if err := db.New(tx).PriceClose(ctx, db.PriceCloseParams{OrganiserID: in.Organiser, PriceID: before.ID, ValidTo: p.Period.From}); err != nil {
				return Price{}, fmt.Errorf("ending price %d: %w", before.ID, err)
			}
		}
	} else if strings.TrimSpace(in.Reason) == "" {
		return Price{}, errPriceReason
	}
	return p.settle(ctx, tx, by, state, in.Reason, ActPriceDecided)
}

// WithdrawPriceInput takes a proposal back.
type WithdrawPriceInput struct {
	Organiser  int32
	Price      int64
	RowVersion int32
}

// WithdrawPrice takes the company's own proposal back.
func WithdrawPrice(ctx context.Context, tx *postgres.Tx, by access.Actor, in WithdrawPriceInput) (Price, error) {
	if err := by.May(access.PricePropose, in.Organiser); err != nil {
		return Price{}, err
	}
	p, _, err := proposedPrice(ctx, tx, by, in.Organiser, in.Price, in.RowVersion)
	if err != nil {
		return Price{}, err
	}
	return p.settle(ctx, tx, by, PriceWithdrawn, "", ActPriceWithdrawn)
}

// proposedPrice locks the list that the proposal belongs to and checks that it still waits as the actor saw it.
func proposedPrice(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64, version int32) (Price, []Price, error) {
	p, err := priceNow(ctx, tx, organiser, id)
	if err != nil {
		return Price{}, nil, err
	}
	if by.Role.Side() == access.ProviderSide && (p.Provider != by.Provider || !by.SeesUnit(p.Unit)) {
		return Price{}, nil, errNoPrice
	}
	if by.Role.Side() == access.OrganiserSide {
		if err := seesContent(ctx, tx, by, organiser, p.Content); err != nil {
			return Price{}, nil, err
		}
	}
	rows, err := lockPrices(ctx, tx, organiser, p.Unit, p.Content)
	if err != nil {
		return Price{}, nil, err
	}
	i := slices.IndexFunc(rows, func(r Price) bool { return r.ID == id })
	switch {
	case i < 0 || rows[i].State != PriceProposed:
		return Price{}, nil, errDecided
	case rows[i].RowVersion != version:
		return Price{}, nil, errStale
	}
	return rows[i], rows, nil
}

func (p Price) settle(ctx context.Context, tx *postgres.Tx, by access.Actor, state PriceState, reason string, act audit.Act) (Price, error) {
	at := tx.Now()
	err := db.New(tx).PriceDecide(ctx, db.PriceDecideParams{OrganiserID: p.Organiser, PriceID: p.ID, State: string(state), DecidedAt: &at,
		DecidedBy: &by.Name, DecidedReason: strings.TrimSpace(reason)})
	if err := priceFault(err); err != nil {
		return Price{}, err
	}
	now, err := priceNow(ctx, tx, p.Organiser, p.ID)
	if err != nil {
		return Price{}, err
	}
	if err := audit.Write(ctx, tx, by, act, now.Ref(), map[string]any{"state": state, "reason": reason}); err != nil {
		return Price{}, err
	}
	if act != ActPriceDecided {
		return now, nil
	}
	return now, tx.Outbox(ctx, postgres.Message{Organiser: p.Organiser, Topic: TopicPrice,
		Dedup: fmt.Sprintf("%s:%d", TopicPrice, p.ID), Payload: PriceMessage{p.ID}})
}

func seesContent(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, content int64) error {
	services, err := catalogue.Services(ctx, tx, organiser, tx.Today())
	if err != nil {
		return err
	}
	for _, s := range services {
		if _, ok := s.Content(content); ok && by.SeesService(s.Teams) {
			return nil
		}
	}
	return errNoPrice
}

// PricesAt gives the approved prices in force on a day; units empty = all. Public (569/2009, 4 §). One query.
func PricesAt(ctx context.Context, tx *postgres.Tx, organiser int32, units []int64, day calendar.Date) ([]Price, error) {
	if units == nil {
		units = []int64{}
	}
	rows, err := db.New(tx).PricesAt(ctx, db.PricesAtParams{OrganiserID: organiser, Day: day, UnitIds: units})
	return prices(rows, err)
}

// PriceList gives the whole list of a company, history and proposals too: in one organiser, or its own in all (organiser 0).
func PriceList(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, provider int64) ([]Price, error) {
	if err := mayPrepare(by, access.ApplicationRead, organiser, provider); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).PriceList(ctx, db.PriceListParams{OrganiserID: organiser, ProviderID: provider})
	return prices(rows, err)
}

// Proposals gives the prices that wait for a decision, the longest waiting first.
func Proposals(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Price, error) {
	if err := by.May(access.ApplicationRead, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).Proposals(ctx, db.ProposalsParams{OrganiserID: organiser, Batch: worklistLimit})
	return prices(rows, err)
}

func lockPrices(ctx context.Context, tx *postgres.Tx, organiser int32, unit, content int64) ([]Price, error) {
	rows, err := db.New(tx).PricesLock(ctx, db.PricesLockParams{OrganiserID: organiser, UnitID: unit, ContentID: content})
	return prices(rows, err)
}

func priceNow(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (Price, error) {
	r, err := db.New(tx).PriceGet(ctx, db.PriceGetParams{OrganiserID: organiser, PriceID: id})
	if errors.Is(err, pgx.ErrNoRows) {
		return Price{}, errNoPrice
	}
	if err != nil {
		return Price{}, fmt.Errorf("reading price %d: %w", id, err)
	}
	return priceFrom(r), nil
}

func prices(rows []db.Price, err error) ([]Price, error) {
	if err != nil {
		return nil, fmt.Errorf("reading prices: %w", err)
	}
	out := make([]Price, len(rows))
	for i, r := range rows {
		out[i] = priceFrom(r)
	}
	return out, nil
}

func priceFrom(r db.Price) Price {
	p := Price{Organiser: r.OrganiserID, ID: r.PriceID, Provider: r.ProviderID, Unit: r.UnitID, Content: r.ContentID, Price: r.PriceCents,
		Period: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, VATCode: r.VatCode, Note: r.Note, State: PriceState(r.State),
		ProposedAt: r.ProposedAt, ProposedBy: r.ProposedBy, DecidedAt: r.DecidedAt, Reason: r.DecidedReason, RowVersion: r.RowVersion}
	if r.DecidedBy != nil {
		p.DecidedBy = *r.DecidedBy
	}
	return p
}
