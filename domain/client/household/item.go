package household

import (
	"context"
	"fmt"
	"slices"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/client/household/db"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// mostCents is the largest amount that is believed: ten million euros. More is a slip of the keyboard.
const mostCents money.Cents = 1_000_000_000

// ItemInput is one income, deduction or savings as the form has it.
type ItemInput struct {
	Organiser int32
	Client    int64
	Item      // ID 0 = a new one; ReportedOn 0 = today
}

// SaveItem adds an item or changes one. What a decision was made of stays in its snapshot.
// Locks: client.
func SaveItem(ctx context.Context, tx *postgres.Tx, by access.Actor, in ItemInput) (Household, error) {
	h, err := open(ctx, tx, by, in.Organiser, in.Client)
	if err != nil {
		return Household{}, err
	}
	in.Item = in.Item.tidied(tx.Today())
	before, known := h.Item(in.ID)
	if in.ID != 0 && !known {
		return Household{}, errUnknown
	}
	if err := h.accept(in.Item, tx.Today()).Err(); err != nil {
		return Household{}, err
	}
	if err := h.write(ctx, tx, by, before, in.Item); err != nil {
		return Household{}, err
	}
	return load(ctx, tx, h.Organiser, h.Client, h.Person, h.BirthDate)
}

// tidied is the item without needless spaces, and told today unless the form says another day.
func (i Item) tidied(today calendar.Date) Item {
	i.Payer, i.Note = tidy(i.Payer), tidy(i.Note)
	if i.ReportedOn == 0 {
		i.ReportedOn = today
	}
	return i
}

// write adds an item (ID 0) or changes it from what it was before.
func (h Household) write(ctx context.Context, tx *postgres.Tx, by access.Actor, before, in Item) (err error) {
	act, detail := IncomeEdited, map[string]any{"kind": in.Kind, "fields": before.differ(in)}
	q := db.New(tx)
	if in.ID == 0 {
		act, detail = IncomeAdded, map[string]any{"kind": in.Kind, "member": in.Member, "from": in.Period.From, "source": in.Source}
		in.ID, err = q.ItemAdd(ctx, db.ItemAddParams{OrganiserID: h.Organiser, ClientID: h.Client, PersonID: h.Person, MemberID: orNull(in.Member),
			Kind: in.Kind, AmountCents: in.Cents, Per: in.Per, ValidFrom: in.Period.From, ValidTo: in.Period.To, Source: string(in.Source), FetchedOn: in.FetchedOn,
			Payer: in.Payer, Note: in.Note, ReportedOn: in.ReportedOn, AddedAt: tx.Now(), AddedBy: by.Name, ToldKind: in.ToldKind, ToldID: in.ToldID})
		if err != nil {
			return mapped(fmt.Errorf("adding income of client %d: %w", h.Client, err))
		}
	} else {
		n, err := q.ItemEdit(ctx, db.ItemEditParams{OrganiserID: h.Organiser, ClientID: h.Client, IncomeID: in.ID, RowVersion: in.RowVersion,
			Kind: in.Kind, AmountCents: in.Cents, Per: in.Per, ValidFrom: in.Period.From, ValidTo: in.Period.To, Source: string(in.Source), FetchedOn: in.FetchedOn,
			Payer: in.Payer, Note: in.Note, ReportedOn: in.ReportedOn})
		if err := changed(n, err, "income", in.ID); err != nil {
			return err
		}
	}
	detail["income"] = in.ID
	return h.wrote(ctx, tx, by, act, detail, fmt.Sprintf("income:%d:%d", in.ID, in.RowVersion))
}

// farthest is how far ahead an income may begin, in months: a decision on a pension is known that early; more is a slip of the keyboard.
const farthest = 12

// accept tells everything that is wrong in an item as entered. Income of the near future is accepted: it counts from its day. What was
// told must have been told by now.
func (h Household) accept(in Item, today calendar.Date) fault.List {
	var faults fault.List
	d := h.Definition(in.Period.From)
	kind, known := d.Kind(in.Kind)
	if !known {
		faults = append(faults, errKind)
	}
	if _, fits := d.Per(in.Per); !fits {
		faults = append(faults, errPer)
	}
	if known && in.Cents < 0 && !kind.Negative {
		faults = append(faults, errNegative.With("kind", kind.Names.Fi))
	}
	if in.Cents > mostCents || in.Cents < -mostCents {
		faults = append(faults, errLarge.With("most", mostCents))
	}
	if !slices.Contains(Sources(), in.Source) {
		faults = append(faults, errSource)
	}
	if in.FetchedOn != nil && *in.FetchedOn > today {
		faults = append(faults, errFetched)
	}
	if in.ReportedOn > today {
		faults = append(faults, errReported)
	}
	m, member := h.Member(in.Member)
	if in.Member != 0 && !member {
		faults = append(faults, errOwner)
	}
	if in.Period.From > today.AddMonths(farthest) {
		faults = append(faults, errFar.With("last", today.AddMonths(farthest)))
	}
	if in.Period.Empty() {
		return append(faults, errEnd)
	}
	if member && (in.Period.From < m.Period.From || in.Period.To > m.Period.To) {
		faults = append(faults, errNotMember.With("from", m.Period.From))
	}
	for _, other := range h.Items {
		if other.ID != in.ID && other.same(in) && other.Period.Overlaps(in.Period) {
			faults = append(faults, errOverlap.With("from", other.Period.From))
			break
		}
	}
	return faults
}

// same tells that two items are the same income of the same person.
func (i Item) same(j Item) bool {
	return i.Member == j.Member && i.Kind == j.Kind && i.Source == j.Source && i.Payer == j.Payer
}

// differ names the fields that differ. The audit keeps the names only; the values are personal data.
func (i Item) differ(j Item) []string {
	var names []string
	for _, f := range []struct {
		name string
		same bool
	}{{"kind", i.Kind == j.Kind}, {"amount", i.Cents == j.Cents}, {"per", i.Per == j.Per}, {"from", i.Period.From == j.Period.From}, {"to", i.Period.To == j.Period.To},
		{"source", i.Source == j.Source}, {"payer", i.Payer == j.Payer}, {"note", i.Note == j.Note}, {"reported_on", i.ReportedOn == j.ReportedOn}} {
		if !f.same {
			names = append(names, f.name)
		}
	}
	return names
}

// RemoveItem takes out an item that was recorded by mistake; income that has ended gets an end instead.
// Locks: client.
func RemoveItem(ctx context.Context, tx *postgres.Tx, by access.Actor, in RemoveInput) error {
	h, err := open(ctx, tx, by, in.Organiser, in.Client)
	if err != nil {
		return err
	}
	now := tx.Now()
	n, err := db.New(tx).ItemVoid(ctx, db.ItemVoidParams{OrganiserID: in.Organiser, ClientID: in.Client, IncomeID: in.ID, RowVersion: in.RowVersion, VoidedAt: &now})
	if err := changed(n, err, "income", in.ID); err != nil {
		return err
	}
	return h.wrote(ctx, tx, by, IncomeRemoved, map[string]any{"income": in.ID}, fmt.Sprintf("income:%d:removed", in.ID))
}
