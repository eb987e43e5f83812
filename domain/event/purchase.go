package event

import (
	"context"
	"crypto/sha256"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/ledger"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Purchase is a delivery that has been judged elsewhere: money captured from a euro balance. It is stored as accepted.
type Purchase struct {
	By                                                                     access.Actor
	Request                                                                string
	Source                                                                 Source
	Reference                                                              string // unique among the provider's references
	Note                                                                   string
	Provider                                                               int64
	Unit                                                                   int64
	Voucher, Line, Content, Service, Reservation, Client, Person, Rulebook int64

	Date         calendar.Date
	Quantity     money.Quantity
	Price, Value money.Cents // per unit
	Band         string      // of time, by which the price was made; "" = it is the same at all times
}

// RecordPurchases stores the purchases as accepted events, takes them from the locked balances and posts what they cost. The caller
// has shared the payees' periods, judged, and gives the book that holds the balances; the book is written here. The events'
// numbers come in the order of the list.
func RecordPurchases(ctx context.Context, tx *postgres.Tx, organiser int32, periods map[int64]int32, book *ledger.Book, list []Purchase) ([]int64, error) {
	j := &judging{subs: make([]Submission, len(list)), verdicts: make([][]Verdict, len(list)), places: make([]place, len(list)), run: &running{}}
	for i, p := range list {
		hash := sha256.Sum256([]byte(p.Reference))
		j.places[i].sub = int32(i)
		j.subs[i] = Submission{By: p.By, Provider: p.Provider, Source: p.Source, Request: p.Request,
			Lines: []Line{{Reference: p.Reference, Unit: p.Unit, Date: p.Date, Note: p.Note}}}
		j.verdicts[i] = []Verdict{{State: Accepted, Voucher: p.Voucher, VoucherLine: p.Line, Content: p.Content, Service: p.Service, Reservation: p.Reservation,
			Unit: p.Unit, Client: p.Client, Person: p.Person, Rulebook: p.Rulebook, Bucket: ledger.Whole, Euro: true, Quantity: p.Quantity, Accepted: p.Quantity,
			Price: p.Price, Value: p.Value, Share: money.Split(p.Price, p.Value, p.Quantity), hash: hash[:]}}
		if p.Band != "" {
			j.verdicts[i][0].Pieces = []Piece{{p.Band, p.Quantity, p.Price, p.Value}}
		}
	}
	if err := newWriting(organiser, j, &loaded{book: book, periods: periods}).part(ctx, tx, j.places, true); err != nil {
		return nil, err
	}
	events := make([]int64, len(list))
	for i := range list {
		events[i] = j.verdicts[i][0].Event
	}
	return events, nil
}
