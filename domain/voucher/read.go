package voucher

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/ledger"
	"seteli/domain/voucher/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Step is one entry of a voucher's history.
type Step struct {
	Act  audit.Act
	At   time.Time
	By   string
	Note string
}

// Remaining is what is left of one line now: in the running day, week or month, and of the whole when that is capped.
type Remaining struct {
	Line       int64
	Bucket     calendar.Date
	Limit      money.Quantity
	Used       money.Quantity
	LimitCents money.Cents // of a balance of euros
	UsedCents  money.Cents
	Total      *ledger.Balance // of the whole validity, when the line has a cap on it
}

// Left in units.
func (r Remaining) Left() money.Quantity {
	left := r.Limit - r.Used
	if r.Total != nil {
		left = min(left, r.Total.Left())
	}
	return left
}

// LeftCents of a balance of euros.
func (r Remaining) LeftCents() money.Cents { return r.LimitCents - r.UsedCents }

// load reads a voucher without a lock.
func load(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (Voucher, error) {
	r, err := db.New(tx).VoucherByID(ctx, db.VoucherByIDParams{OrganiserID: organiser, VoucherID: id})
	return whole(ctx, tx, r, err)
}

// lock reads a voucher and keeps others from changing it until the end of the transaction.
// Place in the order of locks: after a payee's period, before balances and the number series.
func lock(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (Voucher, error) {
	r, err := db.New(tx).VoucherLock(ctx, db.VoucherLockParams{OrganiserID: organiser, VoucherID: id})
	return whole(ctx, tx, r, err)
}

func whole(ctx context.Context, tx *postgres.Tx, r db.Voucher, err error) (Voucher, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return Voucher{}, errUnknown
	}
	if err != nil {
		return Voucher{}, fmt.Errorf("reading a voucher: %w", err)
	}
	v, err := fromRow(r)
	if err != nil {
		return Voucher{}, err
	}
	list := []Voucher{v}
	err = fill(ctx, tx, list)
	return list[0], err
}

// fill adds lines, values and pauses to any number of vouchers with three statements.
func fill(ctx context.Context, tx *postgres.Tx, list []Voucher) error {
	if len(list) == 0 {
		return nil
	}
	organisers, ids := make([]int32, len(list)), make([]int64, len(list))
	at := map[[2]int64]int{}
	for i, v := range list {
		organisers[i], ids[i] = v.Organiser, v.ID
		at[[2]int64{int64(v.Organiser), v.ID}] = i
	}
	q := db.New(tx)
	values, err := q.ValuesOf(ctx, db.ValuesOfParams{Organisers: organisers, VoucherIds: ids})
	if err != nil {
		return fmt.Errorf("reading values of %d vouchers: %w", len(list), err)
	}
	byLine := map[int64][]Value{}
	for _, r := range values {
		value, err := valueFromRow(r)
		if err != nil {
			return err
		}
		byLine[r.LineID] = append(byLine[r.LineID], value)
	}
	lines, err := q.LinesOf(ctx, db.LinesOfParams{Organisers: organisers, VoucherIds: ids})
	if err != nil {
		return fmt.Errorf("reading lines of %d vouchers: %w", len(list), err)
	}
	for _, l := range lines {
		if i, ok := at[[2]int64{int64(l.OrganiserID), l.VoucherID}]; ok {
			list[i].Lines = append(list[i].Lines, Line{ID: l.LineID, Content: l.ContentID, Recurrence: Recurrence(l.Recurrence),
				Amount: l.AmountQuantity, AmountCents: l.AmountCents, Total: l.TotalQuantity, Values: byLine[l.LineID]})
		}
	}
	pauses, err := q.PausesOf(ctx, db.PausesOfParams{Organisers: organisers, VoucherIds: ids})
	if err != nil {
		return fmt.Errorf("reading pauses of %d vouchers: %w", len(list), err)
	}
	for _, p := range pauses {
		if i, ok := at[[2]int64{int64(p.OrganiserID), p.VoucherID}]; ok {
			list[i].Pauses = append(list[i].Pauses, Rest{calendar.Period{From: p.PauseFrom, To: p.PauseTo}, p.Reason})
		}
	}
	return nil
}

// mayRead decides who sees a voucher: staff whose teams reach the service, the client. A provider reads by ByNumber.
// Another's voucher is as unknown as none.
func mayRead(ctx context.Context, tx *postgres.Tx, by access.Actor, v Voucher) error {
	if err := by.May(access.VoucherRead, v.Organiser); err != nil {
		return err
	}
	switch by.Role.Side() {
	case access.PersonSide:
		if v.Person != by.Person {
			return errUnknown
		}
	case access.ProviderSide:
		return errUnknown
	case access.OrganiserSide:
		return seesService(ctx, tx, by, v)
	}
	return nil
}

func seesService(ctx context.Context, tx *postgres.Tx, by access.Actor, v Voucher) error {
	if len(by.Teams) == 0 {
		return nil
	}
	service, err := catalogue.ServiceAt(ctx, tx, v.Organiser, v.Service, v.Valid.From)
	if err != nil {
		return err
	}
	if !by.SeesService(service.Teams) {
		return errUnknown
	}
	return nil
}

func logSeen(ctx context.Context, tx *postgres.Tx, by access.Actor, what string, list ...Voucher) error {
	purpose := client.ForCase
	switch by.Role.Side() {
	case access.PersonSide:
		purpose = client.ForSelf
	case access.ProviderSide:
		purpose = client.ForService
	}
	views := make([]audit.View, len(list))
	for i, v := range list {
		views[i] = audit.View{Organiser: v.Organiser, Person: v.Person, Client: v.Client, Purpose: purpose, What: what}
	}
	return audit.SeenMany(ctx, tx, by, views)
}

// Get reads a voucher that the actor may see and logs the reading. A client asks under the organiser's scope (by.In), because
// balances are the organiser's rows; the person is checked here.
func Get(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Voucher, error) {
	v, err := load(ctx, tx, organiser, id)
	if err != nil {
		return Voucher{}, err
	}
	return v, errors.Join(mayRead(ctx, tx, by, v), logSeen(ctx, tx, by, "voucher", v))
}

// Find reads a voucher by its number for staff and the client.
func Find(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, number ident.VoucherNumber) (Voucher, error) {
	r, err := db.New(tx).VoucherByNumber(ctx, db.VoucherByNumberParams{OrganiserID: organiser, Number: number.String()})
	v, err := whole(ctx, tx, r, err)
	if err != nil {
		return Voucher{}, err
	}
	if err := mayRead(ctx, tx, by, v); err != nil {
		return Voucher{}, err
	}
	return v, logSeen(ctx, tx, by, "voucher", v)
}

// OfClient lists a client's vouchers for staff, newest first; those of services that the actor's teams do not reach are left out.
func OfClient(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, clientID int64) ([]Voucher, error) {
	if err := by.May(access.VoucherRead, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).VouchersOfClient(ctx, db.VouchersOfClientParams{OrganiserID: organiser, ClientID: clientID})
	if err != nil {
		return nil, fmt.Errorf("listing vouchers of client %d: %w", clientID, err)
	}
	list, err := fromRows(rows)
	if err != nil {
		return nil, err
	}
	if len(by.Teams) > 0 {
		if list, err = ofTeams(ctx, tx, by, organiser, list); err != nil {
			return nil, err
		}
	}
	if err := fill(ctx, tx, list); err != nil {
		return nil, err
	}
	return list, logSeen(ctx, tx, by, "voucher.list", list...)
}

func ofTeams(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, list []Voucher) ([]Voucher, error) {
	sees, err := SeenServices(ctx, tx, by, organiser)
	if err != nil {
		return nil, err
	}
	var kept []Voucher
	for _, v := range list {
		if sees[v.Service] {
			kept = append(kept, v)
		}
	}
	return kept, nil
}

// SeenServices tells which services the actor's teams reach.
func SeenServices(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (map[int64]bool, error) {
	services, err := catalogue.Services(ctx, tx, organiser, tx.Today())
	if err != nil {
		return nil, err
	}
	sees := map[int64]bool{}
	for _, s := range services {
		if by.SeesService(s.Teams) {
			sees[s.ID] = true
		}
	}
	return sees, nil
}

func fromRows(rows []db.Voucher) ([]Voucher, error) {
	list := make([]Voucher, len(rows))
	for i, r := range rows {
		v, err := fromRow(r)
		if err != nil {
			return nil, err
		}
		list[i] = v
	}
	return list, nil
}

// Own lists the person's vouchers in all organisers, newest first, under the person's scope.
func Own(ctx context.Context, tx *postgres.Tx, by access.Actor) ([]Voucher, error) {
	if err := by.May(access.VoucherAccept, 0); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).VouchersOfPerson(ctx, by.Person)
	if err != nil {
		return nil, fmt.Errorf("listing a person's vouchers: %w", err)
	}
	list, err := fromRows(rows)
	if err != nil {
		return nil, err
	}
	if err := fill(ctx, tx, list); err != nil {
		return nil, err
	}
	return list, logSeen(ctx, tx, by, "voucher.list", list...)
}

// Left tells what remains on a day, line by line, in the order of the lines. Rights that nothing has touched yet have no balance
// row: they are whole.
func Left(ctx context.Context, tx *postgres.Tx, v Voucher, day calendar.Date) ([]Remaining, error) {
	balances, err := ledger.Read(ctx, tx, v.Organiser, v.lineIDs())
	if err != nil {
		return nil, err
	}
	out := make([]Remaining, len(v.Lines))
	for i, l := range v.Lines {
		out[i] = l.left(day, balances)
	}
	return out, nil
}

func (l Line) left(day calendar.Date, balances map[ledger.Key]ledger.Balance) Remaining {
	r := Remaining{Line: l.ID, Bucket: l.Recurrence.Bucket(day)}
	b := balances[ledger.Key{Line: l.ID, Bucket: r.Bucket}]
	r.Used, r.UsedCents = b.Used, b.UsedCents
	if l.Amount != nil {
		r.Limit = *l.Amount
	}
	if l.AmountCents != nil {
		r.LimitCents = *l.AmountCents
	}
	if l.Total != nil {
		total := balances[ledger.Key{Line: l.ID, Bucket: ledger.Whole}]
		total.Limit = *l.Total
		r.Total = &total
	}
	return r
}

// History gives a voucher's steps, newest first, for a page whose own reading has been checked and logged.
func History(ctx context.Context, tx *postgres.Tx, v Voucher) ([]Step, error) {
	rows, err := db.New(tx).StepsOf(ctx, db.StepsOfParams{OrganiserID: v.Organiser, VoucherID: v.ID})
	if err != nil {
		return nil, fmt.Errorf("voucher %d: reading its history: %w", v.ID, err)
	}
	out := make([]Step, len(rows))
	for i, r := range rows {
		out[i] = Step{audit.Act(r.Act), r.At, r.ByName, r.Note}
	}
	return out, nil
}

func step(ctx context.Context, tx *postgres.Tx, by access.Actor, v Voucher, act audit.Act, note string) error {
	err := db.New(tx).StepAdd(ctx, db.StepAddParams{OrganiserID: v.Organiser, VoucherID: v.ID, PersonID: v.Person, Act: string(act),
		At: tx.Now(), ByAccount: by.Account, ByName: by.Name, Note: note})
	if err != nil {
		return fmt.Errorf("voucher %d: noting %s: %w", v.ID, act, err)
	}
	return nil
}

// Waiting is one voucher of the caseworker's work list.
type Waiting struct {
	ID, Client int64
	Number     ident.VoucherNumber
	ListName   string
	BirthDate  calendar.Date
	Service    int64
	Valid      calendar.Period
	For        string // sheet, answer, choice, renewal
	Since      time.Time
}

// Waits lists what a voucher can wait for.
func Waits() []string { return []string{"sheet", "answer", "choice", "renewal"} }

// renewalDays is how long before its end a voucher appears as one to be renewed.
const renewalDays = 30

// WorkList tells which vouchers wait for somebody, those that have waited longest first, at most limit. waits narrows it; "" = all.
func WorkList(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, waits string, limit int32) ([]Waiting, error) {
	if err := by.May(access.VoucherChange, organiser); err != nil {
		return nil, err
	}
	sees, err := SeenServices(ctx, tx, by, organiser)
	if err != nil {
		return nil, err
	}
	p := db.VouchersWaitingParams{OrganiserID: organiser, Today: tx.Today(), RenewBefore: tx.Today() + renewalDays, Waits: waits, Batch: limit}
	for id := range sees {
		p.Services = append(p.Services, id)
	}
	rows, err := db.New(tx).VouchersWaiting(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("listing waiting vouchers: %w", err)
	}
	out, views := make([]Waiting, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		number, err := ident.ParseVoucherNumber(r.Number)
		if err != nil {
			return nil, fmt.Errorf("voucher %d: stored number: %w", r.VoucherID, err)
		}
		out[i] = Waiting{ID: r.VoucherID, Client: r.ClientID, Number: number, ListName: r.LastName + " " + r.FirstNames, BirthDate: r.BirthDate,
			Service: r.ServiceID, Valid: calendar.Period{From: r.ValidFrom, To: r.ValidTo}, For: r.Waits, Since: r.Since}
		views[i] = audit.View{Organiser: organiser, Person: r.PersonID, Client: r.ClientID, Purpose: client.ForCase, What: "worklist"}
	}
	return out, audit.SeenMany(ctx, tx, by, views)
}
