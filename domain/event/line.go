package event

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/platform/access"
)

// Source tells how a batch came in.
type Source string

// Sources, as stored.
const (
	Page Source = "page"
	File Source = "file"
	API  Source = "api"
)

// Line is one claim for money as the sender states it. Empty fields are filled from the reservation and the price list.
type Line struct {
	Row       int    // row of the file, 0 elsewhere
	Reference string // the sender's own, unique for ever; one is made when it is empty
	Number    string // voucher number, as printed
	BirthDate *calendar.Date
	Content   string // code; may be empty when one content is reserved
	Unit      int64  // unit of the provider; 0 = that of the reservation
	Date      calendar.Date
	Start     *time.Time
	End       *time.Time
	Quantity  *money.Quantity // nil = the duration, for contents counted in hours
	Measure   string          // unit of measure as stated; empty = that of the content
	Price     *money.Cents    // per unit; nil = the agreed one
	Amount    *money.Cents    // total; nil = computed
	Note      string
	Worker    string
	Replaces  int64 // event that this line corrects
}

// hash is the content of the line without its reference and row: a repeat must be equal in it.
func (l *Line) hash() []byte {
	h := sha256.New()
	var b [8]byte
	number := func(n int64) { binary.BigEndian.PutUint64(b[:], uint64(n)); h.Write(b[:]) }
	text := func(s string) { number(int64(len(s))); h.Write([]byte(s)) }
	instant := func(t *time.Time) {
		if t == nil {
			number(-1)
			return
		}
		number(t.UnixMicro())
	}
	text(l.Number)
	text(l.Content)
	number(l.Unit)
	number(int64(l.Date))
	instant(l.Start)
	instant(l.End)
	if l.Quantity == nil {
		number(-1)
	} else {
		number(int64(*l.Quantity))
	}
	for _, c := range []*money.Cents{l.Price, l.Amount} {
		if c == nil {
			number(-1)
		} else {
			number(int64(*c))
		}
	}
	text(l.Note)
	text(l.Worker)
	number(l.Replaces)
	return h.Sum(nil)
}

// Submission is what one sender hands in at one time for one organiser: a form, a call or a file.
type Submission struct {
	By         access.Actor
	Provider   int64
	Source     Source
	FileName   string
	FileSHA256 []byte
	Request    string // id of the request that brought it, for the audit; empty = that of the context
	Lines      []Line
}

// State of an event.
type State string

// States of one event, as stored. Settled and paid are not among them: they follow from the period of the posting.
const (
	Accepted State = "accepted"
	Partial  State = "partial" // accepted up to what was left; the rest is rejected
	Review   State = "review"
	Rejected State = "rejected"
	Deleted  State = "deleted"
	Refunded State = "refunded"
)

// Verdict is the answer to one line.
type Verdict struct {
	State    State
	Findings []Finding
	Repeated bool  // the line had been received before; this is its first answer
	Event    int64 // number of the stored event; 0 when rejected or previewed

	Voucher, VoucherLine, Content, Service, Reservation, Unit, Client, Person, Rulebook int64
	Bucket                                                                              calendar.Date
	Euro                                                                                bool           // the line is a euro balance: cents are used, not units
	Quantity                                                                            money.Quantity // asked
	Accepted                                                                            money.Quantity
	Price, Value                                                                        money.Cents // per unit
	Pieces                                                                              []Piece     // by band of time; none = Price and Value at all times
	Share                                                                               money.Share // of the accepted quantity
	extend                                                                              []extension // rights that a tolerance widens
	hash                                                                                []byte      // of the line, computed once
}

// Codes gives the codes of the findings, for lists and tests.
func (v Verdict) Codes() []string {
	codes := make([]string, len(v.Findings))
	for i, f := range v.Findings {
		codes[i] = f.Code
	}
	return codes
}
