package event

import (
	"bytes"
	"maps"
	"sort"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/ledger"
	"seteli/domain/voucher"
)

// claim is a line on its way through the checks, with what it was found to be about.
type claim struct {
	line        *Line
	provider    int64
	facts       *Facts
	voucher     *voucher.Recorded
	vline       *voucher.RecordedLine
	reservation *voucher.RecordedReservation
	terms       Terms
	content     *catalogue.ContentTerms
	quantity    money.Quantity
	hash        []byte
	verdict     Verdict
	answer      *Verdict // where the verdict goes
	stop        bool     // the line does not say enough for the checks that follow; they count as not evaluated
}

// ReviewDays is the promise to whoever waits: a review is answered in this many working days, FinalDays at the latest.
const (
	ReviewDays = 3
	FinalDays  = 10
)

func (c *claim) find(code, field string, values ...any) {
	c.verdict.Findings = append(c.verdict.Findings, found(code, field, values...))
}

func (c *claim) rejected() bool {
	for _, f := range c.verdict.Findings {
		if f.Severity() == ToReject {
			return true
		}
	}
	return false
}

// Judge gives a verdict for each line of each submission. It is pure: the same lines and facts always give the same
// verdicts, and nothing but facts is read. Lines are taken by the day and time of the service, so that the order of a file
// does not decide who gets the last hour; equal ones in the order of their rows. All checks run, none stops at the first finding.
func Judge(subs []Submission, facts *Facts) [][]Verdict {
	j := newJudging(subs, facts)
	j.judge(j.places)
	return j.verdicts
}

// judging is a batch on its way through Judge. Its lines may be judged part by part: what the earlier parts have used is kept.
type judging struct {
	subs     []Submission
	facts    *Facts
	places   []place // in the order of judgement
	verdicts [][]Verdict
	run      *running
}

type place struct{ sub, line int32 }

func newJudging(subs []Submission, facts *Facts) *judging {
	j := &judging{subs: subs, facts: facts, verdicts: make([][]Verdict, len(subs))}
	for s := range subs {
		j.verdicts[s] = make([]Verdict, len(subs[s].Lines))
		for l := range subs[s].Lines {
			j.places = append(j.places, place{int32(s), int32(l)})
		}
	}
	sort.SliceStable(j.places, func(x, y int) bool {
		a, b := j.line(j.places[x]), j.line(j.places[y])
		if a.Date != b.Date {
			return a.Date < b.Date
		}
		if a.Start != nil && b.Start != nil {
			return a.Start.Before(*b.Start)
		}
		return a.Start == nil && b.Start != nil
	})
	j.run = &running{balances: maps.Clone(facts.Balances), days: map[clientDay][]Earlier{}, workers: map[workerDay][]Earlier{}, seen: map[[32]byte]int32{}, refs: map[referenceKey]*Verdict{}}
	for _, list := range facts.Earlier {
		for _, e := range list {
			j.run.remember(e)
		}
	}
	return j
}

func (j *judging) line(p place) *Line       { return &j.subs[p.sub].Lines[p.line] }
func (j *judging) verdict(p place) *Verdict { return &j.verdicts[p.sub][p.line] }

// judge gives the next places in the order of judgement their verdicts.
func (j *judging) judge(places []place) {
	for _, p := range places {
		c := claim{line: j.line(p), provider: j.subs[p.sub].Provider, facts: j.facts, answer: j.verdict(p)}
		c.judge(j.run)
		*c.answer = c.verdict
	}
}

// running is what the lines judged so far have used; it lives for one Judge.
type running struct {
	balances map[ledger.Key]ledger.Balance
	days     map[clientDay][]Earlier   // what counts already, stored and of this batch, by client and day
	workers  map[workerDay][]Earlier   // the same, by worker and day
	seen     map[[32]byte]int32        // content of a row → its row
	refs     map[referenceKey]*Verdict // first answers to the references of this batch
	again    []again                   // lines that repeat one of this batch
}

// again is a line that repeats another one of its batch: it answers with that one's number as soon as there is one.
type again struct{ answer, first *Verdict }

func (c *claim) judge(run *running) {
	c.hash = c.line.hash()
	if c.repeated(run, c.hash) {
		return
	}
	for _, check := range []func(*claim, *running){(*claim).identity, (*claim).when, (*claim).standing, (*claim).amounts, (*claim).price, (*claim).collisions, (*claim).limits} {
		if c.stop {
			break
		}
		check(c, run)
	}
	c.conclude(run)
	if c.line.Reference != "" {
		run.refs[referenceKey{c.provider, c.line.Reference}] = c.answer
	}
}

// repeated answers a reference that was received before: the first answer for the same content, a rejection for other content.
func (c *claim) repeated(run *running, hash []byte) bool {
	if c.line.Reference == "" {
		return false
	}
	key := referenceKey{c.provider, c.line.Reference}
	if first, ok := c.facts.References[key]; ok {
		if bytes.Equal(first.Hash, hash) {
			c.verdict = first.Verdict
			c.verdict.Repeated = true
			return true
		}
	} else if first, ok := run.refs[key]; !ok {
		return false
	} else if bytes.Equal(first.hash, hash) {
		c.verdict = *first
		c.verdict.Repeated = first.State != Rejected // what was rejected is not stored: it was asked twice at once
		if c.verdict.Repeated {
			run.again = append(run.again, again{c.answer, first})
		}
		return true
	}
	c.find("COR-01", "reference", "reference", c.line.Reference)
	c.verdict.State = Rejected
	return true
}

// conclude combines the findings: any rejection → rejected, else any review → review, else what was accepted.
func (c *claim) conclude(run *running) {
	v := &c.verdict
	order(v.Findings)
	v.State = Accepted
	for _, f := range v.Findings {
		switch f.Severity() {
		case ToReject:
			v.State = Rejected
		case ToReview:
			if v.State != Rejected {
				v.State = Review
			}
		}
	}
	v.Quantity, v.hash = c.quantity, c.hash
	switch v.State {
	case Rejected:
		v.Accepted, v.Share, v.extend = 0, money.Share{}, nil
		return
	case Review: // nothing is taken until somebody decides; the sums show what is asked
		v.Accepted, v.extend = c.quantity, nil
	case Accepted:
		if v.Accepted < c.quantity {
			v.State = Partial
		}
	}
	v.Share = shareOf(v.Price, v.Value, v.Pieces, v.Accepted)
	if v.State != Review {
		c.take(run)
	}
	run.remember(Earlier{Provider: c.provider, Client: v.Client, Line: v.VoucherLine, Content: v.Content,
		Reference: c.line.Reference, Date: c.line.Date, Start: c.line.Start, End: c.line.End, Quantity: c.quantity, Worker: c.line.Worker})
}

// take moves the running balances, so that the next line of the batch sees what is left.
func (c *claim) take(run *running) {
	for _, x := range c.verdict.extend {
		b := run.balances[x.Key]
		b.Limit += x.Quantity
		run.balances[x.Key] = b
	}
	for _, k := range keysOf(c.vline, c.line.Date) {
		b := run.balances[k]
		if c.verdict.Euro {
			b.UsedCents += c.verdict.Share.Organiser
		} else {
			b.Used += c.verdict.Accepted
		}
		run.balances[k] = b
	}
}

// extension widens a right by what a tolerance allows beyond it.
type extension struct {
	Key      ledger.Key
	Quantity money.Quantity
}

type clientDay struct {
	client int64
	day    calendar.Date
}

type workerDay struct {
	provider int64
	worker   string
	day      calendar.Date
}

// remember indexes an event that counts, so that a line looks only at its client's and worker's own days.
func (r *running) remember(e Earlier) {
	k := clientDay{e.Client, e.Date}
	r.days[k] = append(r.days[k], e)
	if e.Worker != "" && e.Start != nil {
		w := workerDay{e.Provider, e.Worker, e.Date}
		r.workers[w] = append(r.workers[w], e)
	}
}

// near calls fn with the client's events that the line may collide with: those of the day before, which may last over midnight, of
// its own day and the next, and of the whole week or month when the content is counted by them.
func (c *claim) near(run *running, fn func(Earlier)) {
	p := calendar.Period{From: c.line.Date - 1, To: c.line.Date + 2}
	switch c.vline.Unit {
	case "week":
		p.From, p.To = min(p.From, c.line.Date.WeekStart()), max(p.To, c.line.Date.WeekStart()+7)
	case "month":
		month := calendar.MonthOf(c.line.Date).Period()
		p.From, p.To = min(p.From, month.From), max(p.To, month.To)
	}
	for d := p.From; d < p.To; d++ {
		for _, e := range run.days[clientDay{c.voucher.Client, d}] {
			fn(e)
		}
	}
}

func within(periods []calendar.Period, d calendar.Date) *calendar.Period {
	for i := range periods {
		if periods[i].Contains(d) {
			return &periods[i]
		}
	}
	return nil
}
