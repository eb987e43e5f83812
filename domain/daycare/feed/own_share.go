package feed

import (
	"context"
	"io"
	"slices"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/daycare/store"
	"seteli/platform/access"
	"seteli/platform/postgres"
	"seteli/platform/secret"
	"seteli/platform/sheet"
)

// Share is a child's own share of a month as the other system has decided it, with everything in it.
type Share struct {
	Named
	Amount money.Cents
}

var (
	errAmount   = fault.New(fault.Invalid, "DAY-125", "daycare.feed.amount").At("amount")
	errNoAmount = fault.New(fault.Invalid, "DAY-126", "daycare.feed.amount_missing").At("amount")
)

// ShareColumns are the headings of a file of own shares, in the words of the three languages.
func ShareColumns() []sheet.Column {
	return []sheet.Column{
		{Name: "id", Synonyms: []string{"maksun tunnus", "maksupäätöksen tunnus", "tunnus", "avgiftens id", "fee id"}, Required: true, Kind: sheet.Code},
		{Name: "child", Synonyms: []string{"lapsen henkilötunnus", "henkilötunnus", "hetu", "barnets personbeteckning", "child"}, Required: true, Kind: sheet.Code},
		{Name: "amount", Synonyms: []string{"omavastuu", "asiakasmaksu", "maksu", "självriskandel", "klientavgift", "avgift", "own share", "client fee", "fee"}, Required: true, Kind: sheet.Decimal},
		{Name: "from", Synonyms: []string{"alkaa", "alkupäivä", "börjar", "first day"}, Required: true, Kind: sheet.Date},
		{Name: "to", Synonyms: []string{"päättyy", "viimeinen päivä", "slutar", "last day"}, Kind: sheet.Date},
		{Name: "removed", Synonyms: []string{"poistettu", "borttagen", "removed"}},
	}
}

// ReadShares reads the own shares of a CSV or XLSX file, as ReadFile does places.
func ReadShares(name string, file io.ReaderAt, size int64) (rows []Share, bad []Taken, err error) {
	return read(name, file, size, ShareColumns(), readShare, func(s Share) Named { return s.Named })
}

func readShare(c *cells) Share {
	s := Share{Named: c.named()}
	switch amount, err := money.ParseCents(c.of["amount"]); {
	case s.Removed: // what is taken out has no amount any more
	case c.of["amount"] == "":
		c.note("amount", errNoAmount)
	case err != nil:
		c.note("amount", errAmount.With("value", c.of["amount"]).Because(err))
	default:
		s.Amount = amount
	}
	return s
}

// TakeShares records own shares as Take does places: by the other system's names, refused rows told and left out, the same again kept.
// DAY-081 without published rules, as for places: the highest fee is theirs.
func TakeShares(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, organiser int32, rows []Share) ([]Taken, error) {
	options, err := store.Options(ctx, tx, by, organiser)
	if err != nil {
		return nil, err
	}
	t := taking{tx: tx, by: by, keys: keys, organiser: organiser, options: options}
	return all(ctx, &t, rows, func(s Share) Named { return s.Named }, t.share)
}

func (t *taking) share(ctx context.Context, row Share, told *Taken) (Outcome, error) {
	of, record, err := t.child(ctx, told)
	if err != nil {
		return "", err
	}
	id, err := t.known(ctx, of, store.OutsideShare, told.ID)
	if err != nil {
		return "", err
	}
	in := store.ReadyShare{Of: of, Saved: store.Saved{Period: row.Period, Remove: row.Removed}, Share: row.Amount}
	i := slices.IndexFunc(record.Ready, func(r store.ReadyShare) bool { return r.ID == id && id != 0 })
	if i < 0 {
		switch {
		case row.Removed && id != 0:
			return Kept, nil // it has been taken out already
		case row.Removed:
			return "", errNothing
		}
		made, err := store.SaveReadyShare(ctx, t.tx, t.by, in)
		if err != nil {
			return "", err
		}
		return Added, store.NoteOutside(ctx, t.tx, t.by, of, store.OutsideShare, told.ID, made)
	}
	old := record.Ready[i]
	if !row.Removed && old.Share == in.Share && old.Period == in.Period {
		return Kept, nil
	}
	told.Was = &State{Period: old.Period, Share: &old.Share}
	if in.ID, in.RowVersion = old.ID, old.RowVersion; row.Removed {
		in.Share, in.Period = old.Share, old.Period
	} else {
		told.Now = &State{Period: in.Period, Share: &in.Share}
	}
	_, err = store.SaveReadyShare(ctx, t.tx, t.by, in)
	return Changed, err
}
