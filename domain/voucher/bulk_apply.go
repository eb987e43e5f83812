package voucher

import (
	"context"
	"encoding/json"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/decision"
	"seteli/domain/organiser"
	"seteli/domain/rulebook"
	"seteli/domain/voucher/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

// Topics of an approved change: the vouchers, and then the letters of some of them.
const (
	topicBulk        = "voucher.bulk_approved"
	topicBulkLetters = "voucher.bulk_letters"
)

type bulkMessage struct {
	Bulk     int64   `json:"bulk"`
	Vouchers []int64 `json:"vouchers,omitempty"`
}

// bulkStep is how many vouchers one transaction changes, bulkLetters how many letters one message asks for.
const (
	bulkStep    = 1000
	bulkLetters = 50
)

// BulkHandlers carry approved changes out, for job.DeliverOutbox. A message that comes twice does what is left.
func BulkHandlers(store *postgres.DB, means Means) map[string]job.Handler {
	return map[string]job.Handler{
		topicBulk: func(ctx context.Context, m postgres.Delivery) error {
			var told bulkMessage
			if err := json.Unmarshal(m.Payload, &told); err != nil {
				return fmt.Errorf("reading message %s: %w", m.Dedup, err)
			}
			return ApplyBulk(ctx, store, means, m.Organiser, told.Bulk)
		},
		topicBulkLetters: func(ctx context.Context, m postgres.Delivery) error {
			var told bulkMessage
			if err := json.Unmarshal(m.Payload, &told); err != nil {
				return fmt.Errorf("reading message %s: %w", m.Dedup, err)
			}
			return bulkDecisions(ctx, store, means, m.Organiser, told)
		},
	}
}

// ApplyBulk changes the vouchers of an approved change, a thousand in a transaction, until none is left. A voucher that was
// changed by hand since the preview stays as it is and says so (VOU-070). Decisions and letters are queued.
func ApplyBulk(ctx context.Context, store *postgres.DB, means Means, organiserID int32, id int64) error {
	by := access.System("voucher.bulk", organiserID)
	for left := true; left; {
		err := store.Tenant(ctx, by, func(tx *postgres.Tx) error {
			b, err := db.New(tx).BulkLock(ctx, db.BulkLockParams{OrganiserID: organiserID, BulkID: id})
			if err != nil {
				return fmt.Errorf("locking change %d: %w", id, err)
			}
			if b.State != "approved" {
				left = false
				return nil
			}
			n, err := applyStep(ctx, tx, by, means, organiserID, b)
			if err != nil || n > 0 {
				return err
			}
			left = false
			return setBulk(ctx, tx, db.BulkStateParams{OrganiserID: organiserID, BulkID: id, RowVersion: b.RowVersion, State: "done"})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// applyStep changes the next vouchers in a fixed number of statements and tells how many it looked at.
func applyStep(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, organiserID int32, b db.BulkLockRow) (int, error) {
	q := db.New(tx)
	next, err := q.BulkNext(ctx, db.BulkNextParams{OrganiserID: organiserID, BulkID: b.BulkID, Most: bulkStep})
	if err != nil || len(next) == 0 {
		return 0, err
	}
	live, ids := map[int64]db.BulkNextRow{}, make([]int64, len(next))
	for i, v := range next {
		live[v.VoucherID], ids[i] = v, v.VoucherID
	}
	rows, err := q.BulkNow(ctx, db.BulkNowParams{OrganiserID: organiserID, BulkID: b.BulkID, Vouchers: ids})
	if err != nil {
		return 0, fmt.Errorf("change %d: reading %d vouchers: %w", b.BulkID, len(ids), err)
	}
	book, err := rulebook.ByID(ctx, tx, organiserID, b.RulebookID)
	if err != nil {
		return 0, err
	}
	s := stepping{organiser: organiserID, bulk: b, means: means, book: book}
	for _, r := range rows {
		if err := s.line(r, live[r.VoucherID]); err != nil {
			return 0, err
		}
	}
	return len(next), s.write(ctx, tx, by)
}

// stepping gathers what one transaction of a change writes.
type stepping struct {
	organiser int32
	bulk      db.BulkLockRow
	means     Means
	book      rulebook.Rulebook
	ends      db.BulkValuesEndParams
	values    db.BulkValuesAddParams
	applied   db.BulkAppliedParams
	changed   []int64 // vouchers, each once
}

func (s *stepping) line(r db.BulkNowRow, v db.BulkNextRow) error {
	var refusal error
	if v.State == string(Closed) || v.ValidTo != r.BeforeTo || r.NowFrom != r.ValueFrom || r.NowCents != r.BeforeCents {
		refusal = errBulkMeanwhile
	} else if err := s.change(r); fault.All(err) != nil {
		refusal = err
	} else if err != nil {
		return err
	}
	told, err := i18n.Tell(refusal).Stored()
	if err != nil {
		return fmt.Errorf("line %d: keeping why it does not change: %w", r.LineID, err)
	}
	s.applied.Lines, s.applied.Refusals, s.applied.Tolds = append(s.applied.Lines, r.LineID), append(s.applied.Refusals, fault.CodeOf(refusal)), append(s.applied.Tolds, told)
	if n := len(s.changed); refusal == nil && (n == 0 || s.changed[n-1] != r.VoucherID) {
		s.changed = append(s.changed, r.VoucherID)
	}
	return nil
}

func (s *stepping) change(r db.BulkNowRow) error {
	end := func(day calendar.Date) {
		s.ends.Lines, s.ends.Froms, s.ends.Tos = append(s.ends.Lines, r.LineID), append(s.ends.Froms, r.NowFrom), append(s.ends.Tos, day)
	}
	if BulkKind(s.bulk.Kind) == Renew {
		end(*s.bulk.ValidTo)
		return nil
	}
	was, err := valueFromRow(db.ValuesOfRow{LineID: r.LineID, Facts: r.Facts})
	if err != nil {
		return err
	}
	next, err := compute(s.means, s.book, was.Facts, r.ContentID, calendar.Period{From: s.bulk.FromDate, To: r.NowTo}, false)
	if err != nil {
		return err
	}
	p, err := next.row(s.organiser, r.LineID, r.PersonID)
	if err != nil {
		return err
	}
	end(s.bulk.FromDate)
	a := &s.values
	a.Lines, a.Persons, a.Froms, a.Tos = append(a.Lines, p.LineID), append(a.Persons, p.PersonID), append(a.Froms, p.ValidFrom), append(a.Tos, p.ValidTo)
	fee := int64(-1)
	if p.FeeCents != nil {
		fee = int64(*p.FeeCents)
	}
	a.Cents, a.Fees = append(a.Cents, int64(p.ValueCents)), append(a.Fees, fee)
	a.Bands, a.Facts, a.Explanations = append(a.Bands, string(p.Bands)), append(a.Facts, string(p.Facts)), append(a.Explanations, string(p.Explanation))
	return nil
}

// write stores the step: ends first, so that the new values do not overlap the old ones.
func (s *stepping) write(ctx context.Context, tx *postgres.Tx, by access.Actor) error {
	q := db.New(tx)
	s.ends.OrganiserID, s.values.OrganiserID = s.organiser, s.organiser
	s.applied.OrganiserID, s.applied.BulkID, s.applied.AppliedAt = s.organiser, s.bulk.BulkID, tx.Now()
	for _, write := range []func() error{
		func() error { return q.BulkValuesEnd(ctx, s.ends) },
		func() error { return q.BulkValuesAdd(ctx, s.values) },
		func() error {
			return q.BulkVouchers(ctx, db.BulkVouchersParams{OrganiserID: s.organiser, Vouchers: s.changed, ValidTo: s.bulk.ValidTo})
		},
		func() error {
			return q.BulkSteps(ctx, db.BulkStepsParams{OrganiserID: s.organiser, Vouchers: s.changed, Act: string(ActChanged), At: tx.Now(),
				ByAccount: *s.bulk.ApprovedByAccount, ByName: *s.bulk.ApprovedBy, Note: s.bulk.Reason})
		},
		func() error { return q.BulkApplied(ctx, s.applied) },
	} {
		if err := write(); err != nil {
			return fmt.Errorf("change %d: writing %d vouchers: %w", s.bulk.BulkID, len(s.changed), err)
		}
	}
	if err := audit.Write(ctx, tx, by, ActBulkApplied, audit.Ref{Kind: "voucher_bulk", ID: s.bulk.BulkID}, map[string]any{"vouchers": s.changed}); err != nil {
		return err
	}
	for from := 0; from < len(s.changed); from += bulkLetters {
		part := s.changed[from:min(from+bulkLetters, len(s.changed))]
		err := tx.Outbox(ctx, postgres.Message{Organiser: s.organiser, Topic: topicBulkLetters, Dedup: fmt.Sprintf("%s:%d:%d", topicBulkLetters, s.bulk.BulkID, part[0]),
			Payload: bulkMessage{s.bulk.BulkID, part}})
		if err != nil {
			return err
		}
	}
	return nil
}

// bulkDecisions makes each client's decision and letter, one in a transaction, in the name of who approved the change.
func bulkDecisions(ctx context.Context, store *postgres.DB, means Means, organiserID int32, told bulkMessage) error {
	var b Bulk
	var open []int64
	err := store.Read(ctx, access.Within{Organiser: organiserID}, func(tx *postgres.Tx) (err error) {
		if b, err = oneBulk(ctx, tx, organiserID, told.Bulk); err != nil {
			return err
		}
		open, err = db.New(tx).BulkUndecided(ctx, db.BulkUndecidedParams{OrganiserID: organiserID, BulkID: told.Bulk, Vouchers: told.Vouchers})
		return err
	})
	if err != nil {
		return err
	}
	by := access.Actor{Account: b.ApprovedByAccount, Name: b.ApprovedBy, Role: access.DecisionMaker, Organiser: organiserID}
	for _, id := range open {
		err := store.Tenant(ctx, by, func(tx *postgres.Tx) error {
			v, err := lock(ctx, tx, organiserID, id)
			if err != nil {
				return err
			}
			again, err := db.New(tx).BulkUndecided(ctx, db.BulkUndecidedParams{OrganiserID: organiserID, BulkID: b.ID, Vouchers: []int64{id}})
			if err != nil || len(again) == 0 { // a message that came twice: the letter is there
				return err
			}
			made, err := changeDecision(ctx, tx, by, means, v, change{Kind: b.Kind, From: b.From, Reason: b.Reason, Office: b.Office})
			if err != nil {
				return err
			}
			return db.New(tx).BulkDecided(ctx, db.BulkDecidedParams{OrganiserID: organiserID, BulkID: b.ID, VoucherID: id, DecisionID: &made.ID})
		})
		if err != nil {
			return fmt.Errorf("change %d: deciding on voucher %d: %w", b.ID, id, err)
		}
	}
	return nil
}

// change is what a decision on a changed voucher tells.
type change struct {
	Kind           BulkKind
	From           calendar.Date
	Reason, Office string
	Ground         string        // of an increase
	Last           calendar.Date // of an increase
}

// raise is an increase of one client's value; it is told in a letter of its own.
const raise BulkKind = "raise"

func changeDecision(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, v Voucher, b change) (decision.Decision, error) {
	org, err := organiser.Get(ctx, tx, v.Organiser)
	if err != nil {
		return decision.Decision{}, err
	}
	c, err := client.Load(ctx, tx, v.Organiser, v.Client)
	if err != nil {
		return decision.Decision{}, err
	}
	service, err := catalogue.ServiceAt(ctx, tx, v.Organiser, v.Service, tx.Today())
	if err != nil {
		return decision.Decision{}, err
	}
	w := writer{means.Texts, c.Language}
	provisions := document.Provisions{Items: []document.Paragraph{w.provision(service, tx.Today()), w.plain("voucher.letter.provision.reasons")}}
	if b.Kind == raise {
		provisions.Items = append(provisions.Items, w.plain("voucher.letter.raise.provision"))
	}
	name, key := service.Names.In(w.lang), "voucher.letter."+string(b.Kind)
	return decision.Make(ctx, tx, by, org, decision.Draft{Kind: decision.Voucher, Outcome: decision.Granted, LegalAct: service.LegalAct, LegalSection: service.LegalSection,
		Language: w.lang, Reasons: b.Reason, MadeByTitle: b.Office, Client: &v.Client, Person: &v.Person, SubjectKind: "voucher", SubjectID: v.ID,
		SenderUnit: service.Area.In(w.lang), Recipient: recipient(c), Title: w.say(key+".title", "service", name), Texts: means.Texts,
		Blocks: func(string) []document.Block {
			return append(changeBlocks(w, v, b, service, key), document.Heading{Level: 2, Text: w.say("voucher.letter.reasons")}, document.Plain(b.Reason), provisions,
				document.Heading{Level: 2, Text: w.say("voucher.letter.advice")}, document.Plain(v.Contact))
		}})
}

// changeBlocks tells the client's own change first: old and new value of each content, or the new last day; then how the value came about.
func changeBlocks(w writer, v Voucher, b change, s catalogue.Service, key string) []document.Block {
	sum := document.Summary{Paragraphs: []document.Paragraph{w.plain(key+".brief", "service", s.Names.In(w.lang), "number", v.Number, "day", b.From, "period", v.Valid)}}
	switch b.Kind {
	case Renew:
		return []document.Block{sum}
	case raise:
		sum = document.Summary{Paragraphs: []document.Paragraph{w.plain(key+".brief", "service", s.Names.In(w.lang), "number", v.Number, "day", b.From, "last", b.Last),
			w.plain("voucher.letter.raise.ground." + b.Ground)}}
	}
	t := document.Table{Caption: w.say("voucher.letter.revalue.caption"), Columns: []document.Column{{Title: w.say("voucher.letter.content")},
		{Title: w.say("voucher.letter.revalue.before"), Numeric: true}, {Title: w.say("voucher.letter.revalue.after", "day", b.From), Numeric: true}}}
	blocks := []document.Block{sum}
	var why []document.Block
	for _, l := range v.Lines {
		c, _ := s.Content(l.Content)
		before, _ := l.ValueOn(b.From - 1)
		after, _ := l.ValueOn(b.From)
		t.Rows = append(t.Rows, document.Row{Cells: document.Cells(c.Names.In(w.lang), ValueText(w.texts, w.lang, before.Cents, c.Unit), ValueText(w.texts, w.lang, after.Cents, c.Unit))})
		why = append(why, after.Explanation.Trace(w.texts, w.lang, w.say("voucher.letter.why.content", "content", c.Names.In(w.lang))))
	}
	return append(append(blocks, t, document.Heading{Level: 2, Text: w.say("voucher.letter.why")}), why...)
}
