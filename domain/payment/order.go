package payment

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/core/money"
)

// FileWriter writes a payment order in a bank's format. The same order gives the same bytes.
type FileWriter interface {
	// Name is the file's name for the order.
	Name(Order) string
	Write(Order) ([]byte, error)
}

// Order is everything that a payment file says.
type Order struct {
	MessageID string    // at most 35 characters, unique for ever, the same whenever the run is exported
	CreatedAt time.Time // when the file was made
	Payer     Payer
	Batches   []Batch // by payment day, earliest first
}

// Payer is the organiser's account.
type Payer struct {
	Name       string
	BusinessID ident.BusinessID
	IBAN       ident.IBAN
}

// Batch is what is paid on one bank day.
type Batch struct {
	ID        string // MessageID and a number
	On        calendar.Date
	Transfers []Transfer // by end-to-end id
}

// Transfer is one payment.
type Transfer struct {
	EndToEndID string // the statement's number: at most 35 characters, unique for ever
	Amount     money.Cents
	Name       string
	IBAN       ident.IBAN
	Reference  ident.Reference // structured; none: Message is sent
	Message    string
}

// Count is the number of transfers.
func (o Order) Count() (n int) {
	for _, b := range o.Batches {
		n += len(b.Transfers)
	}
	return n
}

// Total is the sum of all transfers.
func (o Order) Total() (sum money.Cents) {
	for _, b := range o.Batches {
		sum += b.Total()
	}
	return sum
}

// Total is the sum of the day's transfers.
func (b Batch) Total() (sum money.Cents) {
	for _, t := range b.Transfers {
		sum += t.Amount
	}
	return sum
}

// Limits of one transfer and one file in the banks' guides.
const (
	mostCents     = money.Cents(99_999_999_999)
	mostTransfers = 10_000
)

var (
	errPayer  = fault.New(fault.Conflict, "PAY-031", "payment.payer_account") // the organiser's account is missing or wrong
	errPayee  = fault.New(fault.Conflict, "PAY-032", "payment.payee_account") // value statement
	errAmount = fault.New(fault.Conflict, "PAY-033", "payment.amount")        // outside 0.01–999,999,999.99; value statement
	errMany   = fault.New(fault.Conflict, "PAY-034", "payment.too_many")      // more transfers than a file takes
	ErrNoFile = fault.New(fault.NotFound, "PAY-035", "payment.no_file")       // the run has no payment file
	errDamage = fault.New(fault.Internal, "PAY-036", "payment.file_damaged")  // bytes and hash differ
)

// instruction is one row of an order before it is grouped.
type instruction struct {
	Provider  int64
	Number    string // statement number
	Amount    money.Cents
	Name      string
	IBAN      string
	Reference string
	On        calendar.Date
}

// order groups instructions by payment day. Pure.
func order(message string, at time.Time, payer Payer, list []instruction) (Order, error) {
	if len(list) > mostTransfers {
		return Order{}, errMany.With("most", mostTransfers).With("n", len(list))
	}
	byDay := map[calendar.Date][]Transfer{}
	var faults fault.List
	for _, i := range list {
		t := Transfer{EndToEndID: i.Number, Amount: i.Amount, Name: i.Name, Message: i.Number}
		var err error
		if t.IBAN, err = ident.ParseIBAN(i.IBAN); err != nil {
			faults = append(faults, errPayee.With("statement", i.Number).Because(err))
		}
		if i.Amount <= 0 || i.Amount > mostCents {
			faults = append(faults, errAmount.With("statement", i.Number))
		}
		if i.Reference != "" {
			if t.Reference, err = ident.ParseReference(i.Reference); err != nil {
				return Order{}, fmt.Errorf("reference of statement %s: %w", i.Number, err)
			}
		}
		byDay[i.On] = append(byDay[i.On], t)
	}
	if err := faults.Err(); err != nil {
		return Order{}, err
	}
	out := Order{MessageID: message, CreatedAt: at, Payer: payer}
	days := make([]calendar.Date, 0, len(byDay))
	for day := range byDay {
		days = append(days, day)
	}
	slices.Sort(days)
	for n, day := range days {
		transfers := byDay[day]
		slices.SortFunc(transfers, func(a, b Transfer) int { return cmp.Compare(a.EndToEndID, b.EndToEndID) })
		out.Batches = append(out.Batches, Batch{ID: fmt.Sprintf("%s-%02d", message, n+1), On: day, Transfers: transfers})
	}
	return out, nil
}
