package feed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/daycare/profile"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// Named is what every row has, whatever it tells.
type Named struct {
	Line    int    // as people count it in the file; 0 outside files
	ID      string // the other system's own lasting name of the row
	Child   ident.Hetu
	Period  calendar.Period
	Removed bool // was sent by mistake
}

// Row is a place of a child as the other system knows it, with the need that holds as long, where it tells one.
type Row struct {
	Named
	Head   ident.Hetu // of the family, taken where the child has none on the first day; zero = not told
	Unit   string     // name, object identifier or number
	Kind   string     // placement type; "" = that of the need
	Own    bool       // the municipality's own or purchased place: no voucher
	Option string     // need option, by code or name; "" = not told
	Notice *calendar.Date
}

// Outcome is what became of a row.
type Outcome string

// Outcomes of rows.
const (
	Added   Outcome = "added"
	Changed Outcome = "changed"
	Kept    Outcome = "kept"
	Refused Outcome = "refused"
)

// State is what a row tells or told, for the view of differences.
type State struct {
	Period calendar.Period
	Unit   string       // of a place, as named
	Option string       // need of a place, by code; "" = none told
	Share  *money.Cents // own share of a month; nil in rows of places
}

// Taken is a row with what became of it.
type Taken struct {
	Named
	Outcome  Outcome
	ChildID  int64
	Was, Now *State // of a changed row; Now nil = taken out
	Faults   fault.List
	Lacks    fault.List // of a row that was taken: what no decision can be made without
}

// Lacking tells how many rows were taken of which something is still missing.
func Lacking(list []Taken) (n int) {
	for _, t := range list {
		if len(t.Lacks) > 0 {
			n++
		}
	}
	return n
}

// Count tells how many rows have the outcome.
func Count(list []Taken, o Outcome) (n int) {
	for _, t := range list {
		if t.Outcome == o {
			n++
		}
	}
	return n
}

// Refusals of this package.
var (
	errID       = fault.New(fault.Invalid, "DAY-110", "daycare.feed.id").At("id")
	errTwice    = fault.New(fault.Invalid, "DAY-111", "daycare.feed.twice").At("id")
	errChild    = fault.New(fault.Invalid, "DAY-112", "daycare.feed.child").At("child")
	errUnit     = fault.New(fault.Invalid, "DAY-113", "daycare.feed.unit").At("unit")
	errOption   = fault.New(fault.Invalid, "DAY-114", "daycare.feed.option").At("option")
	errOther    = fault.New(fault.Conflict, "DAY-115", "daycare.feed.other_child").At("id")
	errHead     = fault.New(fault.Invalid, "DAY-116", "daycare.feed.head").At("head")
	errKindLess = fault.New(fault.Invalid, "DAY-117", "daycare.feed.kind").At("kind")
	errNothing  = fault.New(fault.Invalid, "DAY-118", "daycare.feed.unknown_removed").At("id")
	errHeadLess = fault.New(fault.Invalid, "DAY-121", "daycare.feed.no_head").At("head")
)

// Take records places, one after the other; a refused one leaves nothing behind and does not hold up the others, and one that is taken
// without what its decision needs says so (DAY-121). A row that meets another one of the same child is tried again after the rest, so that
// an end and a beginning may come in either order. A dry run, which tells the same and stores nothing, is Take in a transaction that is
// rolled back.
func Take(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, organiser int32, rows []Row) ([]Taken, error) {
	options, err := store.Options(ctx, tx, by, organiser)
	if err != nil {
		return nil, err
	}
	t := taking{tx: tx, by: by, keys: keys, organiser: organiser, options: options}
	return all(ctx, &t, rows, func(r Row) Named { return r.Named }, t.take)
}

// taking is one list of rows on its way in.
type taking struct {
	tx        *postgres.Tx
	by        access.Actor
	keys      *secret.Keys
	organiser int32
	options   []profile.Option
}

// meets are the refusals of a row that meets another one of its child: that one may end by a later row.
var meets = []string{"DAY-073", "DAY-075", "DAY-122"}

// all takes rows of any kind by what one of them does.
func all[R any](ctx context.Context, t *taking, rows []R, named func(R) Named, one func(context.Context, R, *Taken) (Outcome, error)) ([]Taken, error) {
	out, seen := make([]Taken, len(rows)), map[string]bool{}
	var later []int
	for i, row := range rows {
		out[i] = Taken{Named: named(row), Outcome: Refused}
		id := strings.TrimSpace(out[i].ID)
		out[i].ID = id
		switch {
		case id == "":
			out[i].Faults = fault.List{errID}
			continue
		case seen[id]:
			out[i].Faults = fault.List{errTwice}
			continue
		}
		seen[id] = true
		if err := t.one(ctx, &out[i], func() (Outcome, error) { return one(ctx, row, &out[i]) }); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out[i].Faults, func(f *fault.Fault) bool { return slices.Contains(meets, f.Code) }) {
			later = append(later, i)
		}
	}
	for _, i := range later {
		out[i].Faults = nil
		if err := t.one(ctx, &out[i], func() (Outcome, error) { return one(ctx, rows[i], &out[i]) }); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// one takes a row and keeps what became of it.
func (t *taking) one(ctx context.Context, row *Taken, take func() (Outcome, error)) error {
	var outcome Outcome
	faults, err := Attempt(ctx, t.tx, func() (err error) {
		outcome, err = take()
		return err
	})
	if err != nil {
		return fmt.Errorf("row %s: %w", row.ID, err)
	}
	if row.Outcome = outcome; len(faults) > 0 {
		row.Outcome, row.Faults, row.Lacks, row.Was, row.Now = Refused, faults, nil, nil, nil
	}
	return nil
}

// Attempt takes one row of any list within a savepoint. A refusal gives its faults and leaves nothing behind of what it had begun; an error
// is none of the row's own and ends the list.
func Attempt(ctx context.Context, tx *postgres.Tx, take func() error) (refused fault.List, err error) {
	if _, err := tx.Exec(ctx, "savepoint feed_row"); err != nil {
		return nil, fmt.Errorf("beginning a row: %w", err)
	}
	err = take()
	if err == nil {
		_, err = tx.Exec(ctx, "release savepoint feed_row")
		return nil, err
	}
	if refused = fault.All(err); len(refused) == 0 || errors.Is(err, access.ErrForbidden) {
		return nil, err
	}
	if _, err := tx.Exec(ctx, "rollback to savepoint feed_row"); err != nil {
		return nil, fmt.Errorf("undoing a row: %w", err)
	}
	return refused, nil
}

// child finds the child of a row by its identity code and takes it among the children.
func (t *taking) child(ctx context.Context, row *Taken) (store.Of, store.Record, error) {
	child, err := store.ByIdentity(ctx, t.tx, t.by, t.keys, t.organiser, row.Child)
	if err != nil {
		return store.Of{}, store.Record{}, err
	}
	if child == 0 {
		return store.Of{}, store.Record{}, errChild
	}
	row.ChildID = child
	of := store.Of{Organiser: t.organiser, Child: child}
	if err := store.AddChild(ctx, t.tx, t.by, of); err != nil {
		return of, store.Record{}, err
	}
	record, err := store.Get(ctx, t.tx, t.by, of)
	return of, record, err
}

func (t *taking) take(ctx context.Context, row Row, told *Taken) (Outcome, error) {
	row.ID = told.ID
	of, record, err := t.child(ctx, told)
	if err != nil {
		return "", err
	}
	option, kind, err := t.need(row)
	if err != nil {
		return "", err
	}
	placed, err := t.placement(ctx, of, record, row, kind, told)
	if err != nil {
		return "", err
	}
	needed, err := t.needed(ctx, of, record, row, option, told)
	if err != nil {
		return "", err
	}
	headed, err := t.head(ctx, of, record, row, told)
	if err != nil {
		return "", err
	}
	switch {
	case placed == Added:
		return Added, nil
	case placed == Kept && needed == Kept && headed == Kept:
		told.Was, told.Now = nil, nil
		return Kept, nil
	}
	return Changed, nil
}

// need finds the need option by code or by name in any language, and the type of the place.
func (t *taking) need(row Row) (option, kind string, err error) {
	kind = strings.TrimSpace(row.Kind)
	if name := strings.TrimSpace(row.Option); name != "" {
		i := slices.IndexFunc(t.options, func(o profile.Option) bool {
			return o.Code == name || strings.EqualFold(o.Names.Fi, name) || strings.EqualFold(o.Names.Sv, name) || strings.EqualFold(o.Names.En, name)
		})
		if i < 0 {
			return "", "", errOption.With("option", name)
		}
		option = t.options[i].Code
		if kind == "" {
			kind = t.options[i].PlacementType
		}
	}
	if kind == "" && !row.Removed {
		return "", "", errKindLess
	}
	return option, kind, nil
}

func (t *taking) known(ctx context.Context, of store.Of, kind store.OutsideKind, name string) (int64, error) {
	child, id, err := store.OutsideRow(ctx, t.tx, t.by, of, kind, name)
	if err == nil && id != 0 && child != of.Child {
		return 0, errOther
	}
	return id, err
}

func (t *taking) placement(ctx context.Context, of store.Of, record store.Record, row Row, kind string, told *Taken) (Outcome, error) {
	id, err := t.known(ctx, of, store.OutsidePlacement, row.ID)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(record.Placements, func(p store.Placement) bool { return p.ID == id && id != 0 })
	if row.Removed {
		if i < 0 {
			if id != 0 {
				return Kept, nil // it has been taken out already
			}
			return "", errNothing
		}
		old := record.Placements[i]
		told.Was = &State{Period: old.Period, Unit: old.UnitName}
		old.Remove = true
		_, err = store.SavePlacement(ctx, t.tx, t.by, old)
		return Changed, err
	}
	unit, err := store.UnitNamed(ctx, t.tx, strings.TrimSpace(row.Unit))
	if err != nil {
		return "", err
	}
	if unit == 0 {
		return "", errUnit.With("unit", row.Unit)
	}
	in := store.Placement{Of: of, Saved: store.Saved{Period: row.Period}, Unit: unit, Kind: kind, Voucher: !row.Own, Notice: row.Notice}
	if i >= 0 {
		old := record.Placements[i]
		told.Was, told.Now = &State{Period: old.Period, Unit: old.UnitName}, &State{Period: in.Period, Unit: strings.TrimSpace(row.Unit)}
		if in.Unit == old.Unit {
			told.Now.Unit = old.UnitName // however it was named
		}
		if in.Notice == nil {
			in.Notice = old.Notice // an empty cell says nothing
		}
		sameNotice := in.Notice == old.Notice || in.Notice != nil && old.Notice != nil && *in.Notice == *old.Notice
		if old.Unit == in.Unit && old.Kind == in.Kind && old.Voucher == in.Voucher && old.Period == in.Period && sameNotice {
			return Kept, nil
		}
		in.ID, in.RowVersion = old.ID, old.RowVersion
	}
	placed, err := store.SavePlacement(ctx, t.tx, t.by, in)
	if err != nil {
		return "", err
	}
	if i >= 0 {
		return Changed, nil
	}
	return Added, store.NoteOutside(ctx, t.tx, t.by, of, store.OutsidePlacement, row.ID, placed.ID)
}

func (t *taking) needed(ctx context.Context, of store.Of, record store.Record, row Row, option string, told *Taken) (Outcome, error) {
	id, err := t.known(ctx, of, store.OutsideNeed, row.ID)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(record.Needs, func(n store.Need) bool { return n.ID == id && id != 0 })
	if option == "" && !row.Removed || i < 0 && row.Removed {
		return Kept, nil
	}
	in := store.Need{Of: of, Saved: store.Saved{Period: row.Period}, Option: option}
	if i >= 0 {
		old := record.Needs[i]
		if told.Was != nil {
			told.Was.Option = old.Option
		}
		if told.Now != nil {
			told.Now.Option = option
		}
		if !row.Removed && old.Option == option && old.Period == row.Period {
			return Kept, nil
		}
		in.ID, in.RowVersion, in.Remove = old.ID, old.RowVersion, row.Removed
		if row.Removed {
			in.Option, in.Period = old.Option, old.Period
		}
	}
	made, err := store.SaveNeed(ctx, t.tx, t.by, in)
	if err != nil || i >= 0 {
		return Changed, err
	}
	return Changed, store.NoteOutside(ctx, t.tx, t.by, of, store.OutsideNeed, row.ID, made)
}

// head takes the head of the family where the child has none on the first day; who is recorded here stays. Half a household is taken, since
// its other half may come tomorrow, and what is missing is told.
func (t *taking) head(ctx context.Context, of store.Of, record store.Record, row Row, told *Taken) (Outcome, error) {
	if row.Removed || slices.ContainsFunc(record.Heads, func(h store.Head) bool { return h.Period.Contains(row.Period.From) }) {
		return Kept, nil
	}
	if row.Head.IsZero() {
		if !row.Own {
			told.Lacks = fault.List{errHeadLess.With("day", row.Period.From)}
		}
		return Kept, nil
	}
	adult, err := store.ByIdentity(ctx, t.tx, t.by, t.keys, of.Organiser, row.Head)
	if err != nil {
		return "", err
	}
	if adult == 0 {
		return "", errHead
	}
	end := calendar.Forever
	for _, h := range record.Heads {
		if h.Period.From > row.Period.From {
			end = min(end, h.Period.From)
		}
	}
	_, err = store.SaveHead(ctx, t.tx, t.by, store.Head{Of: of, Saved: store.Saved{Period: calendar.Period{From: row.Period.From, To: end}}, Adult: adult})
	return Changed, err
}
