package event

import (
	"context"
	"fmt"
	"slices"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/admission"
	"seteli/domain/catalogue"
	"seteli/domain/event/db"
	"seteli/domain/ledger"
	"seteli/domain/voucher"
	"seteli/platform/postgres"
)

// span is what a batch is about: the arguments of the set-based queries.
type span struct {
	providers []int64
	numbers   []string
	refs      []string // beside each the company that it is of
	refsOf    []int64
	workers   []string
	from, to  calendar.Date
}

func spanOf(subs []Submission) span {
	var s span
	s.from, s.to = calendar.Forever, 0
	numbers, refs, workers := map[string]bool{}, map[referenceKey]bool{}, map[string]bool{}
	for i := range subs {
		s.providers = append(s.providers, subs[i].Provider)
		for j := range subs[i].Lines {
			l := &subs[i].Lines[j]
			numbers[l.Number] = true
			if key := (referenceKey{subs[i].Provider, l.Reference}); l.Reference != "" && !refs[key] {
				refs[key] = true
				s.refs, s.refsOf = append(s.refs, l.Reference), append(s.refsOf, subs[i].Provider)
			}
			if l.Worker != "" && l.Start != nil {
				workers[l.Worker] = true
			}
			if l.Date > 0 { // a line without a day is rejected and must not widen what is read
				s.from, s.to = min(s.from, l.Date), max(s.to, l.Date)
			}
		}
	}
	s.providers = slices.Compact(slices.Sorted(slices.Values(s.providers)))
	for n := range numbers {
		s.numbers = append(s.numbers, n)
	}
	for w := range workers {
		s.workers = append(s.workers, w)
	}
	slices.Sort(s.numbers)
	slices.Sort(s.workers)
	return s
}

// loaded is what a batch is judged on and written with.
type loaded struct {
	facts   *Facts
	book    *ledger.Book
	periods map[int64]int32 // the payees' open ones
}

// load reads the snapshot for a batch in a fixed number of statements; those that need nothing of each other share a round trip.
// The payees' periods and the vouchers are share-locked first and the balances before earlier events are read (order of locks:
// period, voucher, balance), so what is read after them cannot change before the commit.
func load(ctx context.Context, tx *postgres.Tx, organiser int32, subs []Submission) (*loaded, error) {
	if err := allowed(organiser, subs); err != nil {
		return nil, err
	}
	s := spanOf(subs)
	f := &Facts{Now: tx.Now(), Today: tx.Today()}
	l := &loaded{facts: f}
	err := tx.Together(ctx,
		func(tx *postgres.Tx) (err error) {
			l.periods, err = ledger.SharePeriods(ctx, tx, organiser, s.providers)
			return err
		},
		func(tx *postgres.Tx) (err error) {
			f.Vouchers, err = voucher.ForRecording(ctx, tx, organiser, s.numbers, s.providers)
			return err
		})
	if err != nil {
		return nil, err
	}
	of := about(f.Vouchers)
	err = tx.Together(ctx,
		func(tx *postgres.Tx) (err error) { l.book, err = f.lockBalances(ctx, tx, organiser, subs); return err },
		func(tx *postgres.Tx) error { return f.loadPrices(ctx, tx, organiser, s.providers, of) },
		func(tx *postgres.Tx) (err error) {
			f.Contents, err = catalogue.TermsForRecording(ctx, tx, organiser, of.contents)
			return err
		},
		func(tx *postgres.Tx) (err error) {
			f.Terms, err = loadRulebooks(ctx, tx, organiser, of.rulebooks)
			return err
		})
	if err != nil {
		return nil, err
	}
	return l, f.loadEvents(ctx, tx, organiser, s, of.clients)
}

type subjects struct{ clients, services, contents, rulebooks []int64 }

func about(vouchers map[string]*voucher.Recorded) subjects {
	var s subjects
	for _, v := range vouchers {
		s.clients, s.services, s.rulebooks = append(s.clients, v.Client), append(s.services, v.Service), append(s.rulebooks, v.Rulebook)
		for _, l := range v.Lines {
			s.contents = append(s.contents, l.Content)
		}
	}
	for _, list := range []*[]int64{&s.clients, &s.services, &s.contents, &s.rulebooks} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return s
}

func (f *Facts) loadPrices(ctx context.Context, tx *postgres.Tx, organiser int32, providers []int64, of subjects) error {
	prices, approvals, err := admission.ForRecording(ctx, tx, organiser, providers, of.services, of.contents)
	if err != nil {
		return err
	}
	f.Prices, f.Approvals = map[priceKey][]admission.AgreedPrice{}, map[approvalKey][]admission.Admitted{}
	for _, p := range prices {
		k := priceKey{p.Provider, p.Unit, p.Content}
		f.Prices[k] = append(f.Prices[k], p)
	}
	for _, a := range approvals {
		k := approvalKey{a.Provider, a.Service}
		f.Approvals[k] = append(f.Approvals[k], a)
	}
	return nil
}

// lockBalances opens and locks the balances of every line that a row may use, and gives new ones their right.
func (f *Facts) lockBalances(ctx context.Context, tx *postgres.Tx, organiser int32, subs []Submission) (*ledger.Book, error) {
	want := map[ledger.Key]*voucher.RecordedLine{}
	for i := range subs {
		for j := range subs[i].Lines {
			line := &subs[i].Lines[j]
			c := claim{line: line, provider: subs[i].Provider}
			if c.voucher = f.Vouchers[line.Number]; c.voucher == nil {
				continue
			}
			l := c.whichLine()
			if l == nil || !c.voucher.Valid.Contains(line.Date) || !reservedTo(c.voucher, c.provider) {
				continue // it will be rejected, and must not open rows for days that do not exist
			}
			for _, k := range keysOf(l, line.Date) {
				want[k] = l
			}
		}
	}
	keys := make([]ledger.Key, 0, len(want))
	for k := range want {
		keys = append(keys, k)
	}
	book, err := ledger.Lock(ctx, tx, organiser, keys)
	if err != nil {
		return nil, err
	}
	f.Balances = make(map[ledger.Key]ledger.Balance, len(want))
	for k, l := range want {
		openRight(book, k, l)
		f.Balances[k] = book.Balance(k)
	}
	return book, nil
}

// openRight gives a balance that has none yet the amount of its line. One that a tolerance or a decision has widened stays.
func openRight(book *ledger.Book, k ledger.Key, l *voucher.RecordedLine) {
	b := book.Balance(k)
	if b.Limit > 0 || b.LimitCents > 0 {
		return
	}
	switch {
	case k.Bucket == ledger.Whole && l.TotalQuantity != nil:
		book.Grant(k, *l.TotalQuantity, 0)
	case l.AmountCents != nil:
		book.Grant(k, 0, *l.AmountCents)
	case l.Amount != nil:
		book.Grant(k, *l.Amount, 0)
	}
}

// loadEvents reads what is stored already: the clients' and the workers' events near the days, and the first answers to references.
func (f *Facts) loadEvents(ctx context.Context, tx *postgres.Tx, organiser int32, s span, clients []int64) error {
	f.Earlier = map[int64][]Earlier{}
	var earlier []db.EventsEarlierRow
	var busy []db.WorkersBusyRow
	reads := []func(*postgres.Tx) error{func(tx *postgres.Tx) error { return f.loadReferences(ctx, tx, organiser, s) }}
	if len(clients) > 0 && s.from <= s.to {
		from, to := s.from-1, s.to+1 // a visit over midnight collides with the day before
		if f.longUnits() {           // what is counted by weeks or months collides within them
			from = min(from, s.from.WeekStart(), calendar.MonthOf(s.from).Period().From)
			to = max(to, s.to.WeekStart()+7, calendar.MonthOf(s.to).Period().To)
		}
		reads = append(reads, func(tx *postgres.Tx) (err error) {
			earlier, err = db.New(tx).EventsEarlier(ctx, db.EventsEarlierParams{OrganiserID: organiser, Clients: clients, FromDate: from, ToDate: to})
			if err != nil {
				return fmt.Errorf("reading earlier events: %w", err)
			}
			return nil
		})
		if len(s.workers) > 0 {
			reads = append(reads, func(tx *postgres.Tx) (err error) {
				busy, err = db.New(tx).WorkersBusy(ctx, db.WorkersBusyParams{OrganiserID: organiser, Providers: s.providers, Workers: s.workers, FromDate: s.from - 1, ToDate: s.to + 1})
				if err != nil {
					return fmt.Errorf("reading the workers' events: %w", err)
				}
				return nil
			})
		}
	}
	if err := tx.Together(ctx, reads...); err != nil {
		return err
	}
	known := make(map[int64]bool, len(earlier))
	for _, r := range earlier {
		known[r.EventID] = true
		f.add(r)
	}
	for _, r := range busy {
		if !known[r.EventID] {
			f.add(db.EventsEarlierRow(r))
		}
	}
	return nil
}

func (f *Facts) add(r db.EventsEarlierRow) {
	f.Earlier[r.ClientID] = append(f.Earlier[r.ClientID], Earlier{Event: r.EventID, Reference: r.ClientReference, Provider: r.ProviderID, Client: r.ClientID,
		Line: r.LineID, Content: r.ContentID, Date: r.ServiceDate, Start: r.StartedAt, End: r.EndedAt, Quantity: r.Quantity, Worker: r.Worker})
}

func (f *Facts) longUnits() bool {
	for _, v := range f.Vouchers {
		for i := range v.Lines {
			if u := v.Lines[i].Unit; u == "week" || u == "month" {
				return true
			}
		}
	}
	return false
}

func (f *Facts) loadReferences(ctx context.Context, tx *postgres.Tx, organiser int32, s span) error {
	f.References = map[referenceKey]Stored{}
	if len(s.refs) == 0 {
		return nil
	}
	rows, err := db.New(tx).EventReferences(ctx, db.EventReferencesParams{OrganiserID: organiser, Providers: s.refsOf, Refs: s.refs})
	if err != nil {
		return fmt.Errorf("reading earlier references: %w", err)
	}
	for _, r := range rows {
		findings, err := UnmarshalFindings(r.Findings)
		if err != nil {
			return fmt.Errorf("event %d: %w", r.EventID, err)
		}
		f.References[referenceKey{r.ProviderID, r.ClientReference}] = Stored{r.ContentHash, Verdict{
			State: State(r.Verdict), Findings: findings, Event: r.EventID, Voucher: r.VoucherID, VoucherLine: r.LineID, Content: r.ContentID, Service: r.ServiceID,
			Reservation: r.ReservationID, Unit: r.UnitID, Client: r.ClientID, Person: r.PersonID, Rulebook: r.RulebookID, Bucket: r.Bucket,
			Quantity: r.Quantity, Accepted: r.AcceptedQuantity, Price: r.PriceCents, Value: r.ValueCents,
			Share: money.Share{Total: r.TotalCents, Organiser: r.OrganiserCents, Own: r.OwnCents}}}
	}
	return nil
}
