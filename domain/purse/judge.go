package purse

import (
	"bytes"
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/ledger"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// firstTime asks for a reservation before the provider's first charge of a balance.
type firstTime struct {
	voucher, line, provider, unit int64
}

func (f *firstTime) Error() string {
	return fmt.Sprintf("provider %d has no reservation of voucher %d", f.provider, f.voucher)
}

func (f *firstTime) attach(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) error {
	err := voucher.Attach(ctx, tx, by, voucher.AttachInput{Organiser: organiser, Voucher: f.voucher, Line: f.line, Provider: f.provider, Unit: f.unit})
	if f := asFault(err); f != nil {
		return errNotYet.Because(err)
	}
	return err
}

// judged is a request with what it does, on its way to the tables.
type judged struct {
	*request
	hold    Hold // new, or the one that ends
	line    ledger.Key
	terms   Terms
	taken   money.Quantity // captured
	cents   money.Cents
	day     calendar.Date // of the event
	fresh   bool          // the hold is new
	ending  State         // Captured or Released; "" = the hold stays
	outcome *outcome
}

// judge decides one request on the facts and moves the book, so that the next one sees what is left. It touches nothing when it refuses.
func (f *facts) judge(r *request, out *outcome) (*judged, error) {
	if r.op == authorise {
		return f.authorise(r, out)
	}
	h := f.holds[r.end.Hold]
	if h == nil || h.Provider != r.by.Provider || !r.by.SeesUnit(h.Unit) {
		return nil, errHold
	}
	if h.State != Held {
		return nil, f.ended(r, h, out)
	}
	j := &judged{request: r, hold: *h, line: ledger.Key{Line: h.Line, Bucket: ledger.Whole}, outcome: out, ending: Released}
	p := f.purses[h.Voucher]
	if p == nil {
		return nil, errHold
	}
	j.terms = p.Terms
	if r.op == capture {
		if f.today >= h.ExpiresOn {
			return nil, errExpired.With("day", h.ExpiresOn)
		}
		v := f.vouchers[h.Number]
		if v == nil || v.Annulled {
			return nil, errHold
		}
		var err error
		if j.taken, j.cents, err = h.part(r.end.Quantity, r.end.Amount); err != nil {
			return nil, err
		}
		if j.day, err = h.serviceDay(v, r.end.Day, f.today); err != nil {
			return nil, err
		}
		j.ending = Captured
	}
	if err := f.book.Use(j.line, 0, j.cents-h.Amount); err != nil {
		return nil, err
	}
	j.hold.State, j.hold.Taken = j.ending, j.cents
	h.State, h.Taken = j.ending, j.cents // for another request about the same hold in this batch
	f.ends[h.ID] = j
	return j, nil
}

// ended answers a request about a hold that has ended: the same ending again is a repeat, another one is refused.
func (f *facts) ended(r *request, h *Hold, out *outcome) error {
	switch h.State {
	case Captured:
		if r.op == capture {
			_, cents, err := h.part(r.end.Quantity, r.end.Amount)
			if err == nil && cents == h.Taken {
				out.answer, out.same = Answer{Hold: *h, Repeated: true}, f.ends[h.ID]
				return nil
			}
		}
		return errCaptured.With("sum", h.Taken)
	case Released:
		if r.op == release {
			out.answer, out.same = Answer{Hold: *h, Repeated: true}, f.ends[h.ID]
			return nil
		}
		return errReleased
	}
	return errExpired.With("day", h.ExpiresOn)
}

func (f *facts) authorise(r *request, out *outcome) (*judged, error) {
	a := &r.ask
	key := reference{r.by.Provider, a.Reference}
	if id, ok := f.first[key]; ok {
		return nil, f.repeated(r, f.hashes[id], *f.holds[id], out)
	}
	if twin := f.asked[key]; twin != nil { // twice in one batch: answered when the first has its number
		out.same = twin
		return nil, f.repeated(r, twin.hold.hash, twin.hold, out)
	}
	v := f.vouchers[a.Number]
	if v == nil {
		return nil, errNumber
	}
	p := f.purses[v.ID]
	if p == nil {
		return nil, errNumber
	}
	content, s, err := f.sale(r, p)
	if err != nil {
		return nil, err
	}
	if err := standing(v, f.today); err != nil {
		return nil, err
	}
	reservation := int64(0)
	for _, res := range v.Reservations {
		if res.Provider == r.by.Provider && res.Line == p.Line && res.Period.Contains(f.today) {
			reservation = res.ID
		}
	}
	price, band, err := f.priceOf(s, a.Band, f.now)
	if err != nil {
		return nil, err
	}
	quantity, total, err := quantityOf(content.Unit, price, a.Quantity, a.Amount)
	if err != nil {
		return nil, err
	}
	line := ledger.Key{Line: p.Line, Bucket: ledger.Whole}
	sum, err := share(content.Unit, price, quantity, total, f.book.Balance(line).LeftCents(), p.Terms)
	if err != nil {
		return nil, err
	}
	if reservation == 0 { // last, so that nobody gets in by a purchase that is refused
		return nil, &firstTime{v.ID, p.Line, r.by.Provider, s.unit}
	}
	j := &judged{request: r, line: line, terms: p.Terms, outcome: out, fresh: true, hold: Hold{Number: v.Number, Voucher: v.ID, Line: p.Line, Person: p.Person, Client: p.Client,
		Provider: r.by.Provider, Unit: s.unit, Content: content.ID, Service: content.Service, Reservation: reservation, Rules: v.Rulebook, Reference: a.Reference,
		Quantity: sum.quantity, Price: sum.price, Value: sum.value, Total: sum.total, Amount: sum.amount, Day: f.today,
		ExpiresOn: min(f.today+calendar.Date(p.HoldDays), v.Valid.To+calendar.Date(p.GraceDays)), Note: a.Note, Band: band, State: Held, hash: a.hash()}}
	if a.Capture {
		j.ending, j.taken, j.cents, j.day = Captured, sum.quantity, sum.amount, f.today
		j.hold.State, j.hold.Taken = Captured, sum.amount
	}
	if err := f.book.Use(line, 0, sum.amount); err != nil {
		return nil, err
	}
	f.asked[key] = j
	return j, nil
}

func (f *facts) repeated(r *request, hash []byte, h Hold, out *outcome) error {
	if !bytes.Equal(hash, r.ask.hash()) {
		out.same = nil
		return errReference.With("reference", r.ask.Reference)
	}
	out.answer = Answer{Hold: h, Repeated: true}
	if p := f.purses[h.Voucher]; p != nil && p.BalanceShown {
		out.answer.Left = new(f.book.Balance(ledger.Key{Line: p.Line, Bucket: ledger.Whole}).LeftCents())
	}
	return nil
}

// sold is something that a provider may sell today: content, unit and agreed price.
type sold struct {
	content, service, provider, unit int64
	price                            money.Cents
}

// sale finds what the request is about among what the provider may sell of the purse's contents. A provider that may sell nothing of
// them is told what an unknown number is told: nobody can try numbers.
func (f *facts) sale(r *request, p *Purse) (*Content, sold, error) {
	may := f.sold(r.by, p)
	if len(may) == 0 {
		return nil, sold{}, errNumber
	}
	var fit []sold
	for _, s := range may {
		if (r.ask.Content == 0 || s.content == r.ask.Content) && (r.ask.Unit == 0 || s.unit == r.ask.Unit) {
			fit = append(fit, s)
		}
	}
	switch {
	case len(fit) == 1:
		return p.content(fit[0].content), fit[0], nil
	case len(fit) > 1 && r.ask.Content == 0:
		return nil, sold{}, errChoose
	case len(fit) > 1:
		return nil, sold{}, errChoose.At("unit")
	case r.ask.Content != 0 && p.content(r.ask.Content) == nil:
		return nil, sold{}, errContent
	}
	return nil, sold{}, errUnit
}

// sold lists what the actor's company may sell today of the purse's contents, at the units that the actor sees.
func (f *facts) sold(by access.Actor, p *Purse) []sold {
	var out []sold
	for _, s := range f.sellable {
		if s.provider == by.Provider && by.SeesUnit(s.unit) && p.content(s.content) != nil {
			out = append(out, s)
		}
	}
	return out
}
