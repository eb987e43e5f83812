package payment

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/ledger"
	"seteli/domain/organiser"
	"seteli/domain/payment/db"
	"seteli/domain/settlement"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
)

// Acts of this package in the audit.
const (
	ActFileMade audit.Act = "payment.file_made"
	ActFileRead audit.Act = "payment.file_read"
)

// File is a payment file as it was made.
type File struct {
	Organiser int32
	Run       int64
	MessageID string
	SHA256    []byte
	Count     int
	Total     money.Cents
	CreatedAt time.Time
	CreatedBy string
	Size      int
	Bytes     []byte // empty where only facts about the file were asked for
}

// MakeFile releases an approved run: writes one instruction per payee and the file, and the run becomes sent, all in one
// transaction. By an approver who has signed in freshly. Faults of payer or payees leave everything as it was.
func MakeFile(ctx context.Context, tx *postgres.Tx, by access.Actor, writer FileWriter, org int32, no int64) (File, error) {
	run, list, err := settlement.Release(ctx, tx, by, org, no)
	if err != nil {
		return File{}, err
	}
	o, err := organiser.Get(ctx, tx, org)
	if err != nil {
		return File{}, err
	}
	payer, err := payerOf(o)
	if err != nil {
		return File{}, err
	}
	rows := instructions(list, tx.Today())
	ord, err := order(messageID(o, run), tx.Now(), payer, rows)
	if err != nil {
		return File{}, err
	}
	bytes, err := writer.Write(ord)
	if err != nil {
		return File{}, fmt.Errorf("writing the payment file of run %d: %w", no, err)
	}
	hash := sha256.Sum256(bytes)
	f := File{Organiser: org, Run: no, MessageID: ord.MessageID, SHA256: hash[:], Count: ord.Count(), Total: ord.Total(), CreatedAt: tx.Now(), CreatedBy: by.Name,
		Size: len(bytes), Bytes: bytes}
	if f.Total != run.Pay {
		return File{}, settlement.ErrSums.With("run", no)
	}
	if err := store(ctx, tx, f, rows); err != nil {
		return File{}, err
	}
	return f, audit.Write(ctx, tx, by, ActFileMade, run.Ref(), map[string]any{"message": f.MessageID, "payments": f.Count, "cents": int64(f.Total), "sha256": fmt.Sprintf("%x", f.SHA256)})
}

// messageID is stable for a run and unique among all: organiser's letters, day of the run, number of the run.
func messageID(o organiser.Organiser, run settlement.Run) string {
	return fmt.Sprintf("SETELI-%s-%s-%d", o.Prefix, run.AsOf.In(calendar.Helsinki).Format("20060102"), run.No)
}

func payerOf(o organiser.Organiser) (Payer, error) {
	account, err := ident.ParseIBAN(o.PayerIBAN)
	if err != nil || o.PayerName == "" {
		return Payer{}, errPayer.Because(err)
	}
	id, err := ident.ParseBusinessID(o.BusinessID)
	if err != nil {
		return Payer{}, errPayer.Because(err)
	}
	return Payer{Name: o.PayerName, BusinessID: id, IBAN: account}, nil
}

// instructions move payment days that have passed to the next bank day.
func instructions(list []settlement.Statement, today calendar.Date) []instruction {
	out := make([]instruction, len(list))
	for i, s := range list {
		out[i] = instruction{Provider: s.Provider, Number: s.Number, Amount: s.Net, Name: s.PayeeName, IBAN: s.PayeeIBAN, Reference: s.Reference,
			On: calendar.NextBankDay(max(s.DueOn, today))}
	}
	return out
}

func store(ctx context.Context, tx *postgres.Tx, f File, rows []instruction) error {
	q := db.New(tx)
	a := db.InstructionsInsertParams{OrganiserID: f.Organiser, RunNo: f.Run}
	for _, r := range rows {
		a.Providers, a.Amounts, a.Names = append(a.Providers, r.Provider), append(a.Amounts, int64(r.Amount)), append(a.Names, r.Name)
		a.Ibans, a.Refs, a.Numbers, a.Dues = append(a.Ibans, r.IBAN), append(a.Refs, r.Reference), append(a.Numbers, r.Number), append(a.Dues, r.On)
	}
	if err := q.InstructionsInsert(ctx, a); err != nil {
		return fmt.Errorf("writing %d payment instructions: %w", len(rows), err)
	}
	err := q.FileInsert(ctx, db.FileInsertParams{OrganiserID: f.Organiser, RunNo: f.Run, MessageID: f.MessageID, Sha256: f.SHA256, Bytes: f.Bytes,
		PaymentCount: int32(f.Count), TotalCents: f.Total, CreatedAt: f.CreatedAt, CreatedBy: f.CreatedBy})
	if err != nil {
		return fmt.Errorf("storing the payment file of run %d: %w", f.Run, err)
	}
	return nil
}

// ReadFile gives the file as it left, and notes who fetched it. Damage since then is an error.
func ReadFile(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, run int64) (File, error) {
	if err := by.May(access.PaymentRead, org); err != nil {
		return File{}, err
	}
	r, err := db.New(tx).FileGet(ctx, db.FileGetParams{OrganiserID: org, RunNo: run})
	if errors.Is(err, pgx.ErrNoRows) {
		return File{}, ErrNoFile
	}
	if err != nil {
		return File{}, fmt.Errorf("reading the payment file of run %d: %w", run, err)
	}
	if hash := sha256.Sum256(r.Bytes); string(hash[:]) != string(r.Sha256) {
		return File{}, errDamage.With("run", run)
	}
	f := File{Organiser: org, Run: run, MessageID: r.MessageID, SHA256: r.Sha256, Count: int(r.PaymentCount), Total: r.TotalCents, CreatedAt: r.CreatedAt,
		CreatedBy: r.CreatedBy, Size: len(r.Bytes), Bytes: r.Bytes}
	ref := audit.Ref{Kind: "settlement_run", ID: run, Label: f.MessageID}
	return f, audit.Write(ctx, tx, by, ActFileRead, ref, map[string]any{"message": f.MessageID})
}

// About gives the facts about a run's file without its bytes; ok is false when there is none yet.
func About(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, run int64) (f File, ok bool, err error) {
	if err := by.May(access.PaymentRead, org); err != nil {
		return File{}, false, err
	}
	rows, err := db.New(tx).FileAbout(ctx, db.FileAboutParams{OrganiserID: org, RunNo: run})
	if err != nil {
		return File{}, false, fmt.Errorf("reading about the payment file of run %d: %w", run, err)
	}
	if len(rows) == 0 {
		return File{}, false, nil
	}
	r := rows[0]
	return File{Organiser: org, Run: run, MessageID: r.MessageID, SHA256: r.Sha256, Count: int(r.PaymentCount), Total: r.TotalCents, CreatedAt: r.CreatedAt,
		CreatedBy: r.CreatedBy, Size: int(r.Size)}, true, nil
}

// Rebuild writes the file anew from the stored instructions. It is the same file as long as the organiser's payer data are the same.
func Rebuild(ctx context.Context, tx *postgres.Tx, by access.Actor, writer FileWriter, org int32, run int64) ([]byte, error) {
	about, ok, err := About(ctx, tx, by, org, run)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, ErrNoFile
	}
	o, err := organiser.Get(ctx, tx, org)
	if err != nil {
		return nil, err
	}
	payer, err := payerOf(o)
	if err != nil {
		return nil, err
	}
	rows, err := db.New(tx).InstructionsOf(ctx, db.InstructionsOfParams{OrganiserID: org, RunNo: run})
	if err != nil {
		return nil, fmt.Errorf("reading payment instructions of run %d: %w", run, err)
	}
	list := make([]instruction, len(rows))
	for i, r := range rows {
		list[i] = instruction{Provider: r.ProviderID, Number: r.EndToEndID, Amount: r.AmountCents, Name: r.PayeeName, IBAN: r.PayeeIban, Reference: r.Reference, On: r.DueOn}
	}
	ord, err := order(about.MessageID, about.CreatedAt, payer, list)
	if err != nil {
		return nil, err
	}
	return writer.Write(ord)
}

// Verify compares files, instructions and statements to be paid, and the files with their hashes.
func Verify(ctx context.Context, tx *postgres.Tx, org int32) (out []ledger.Difference, err error) {
	q := db.New(tx)
	files, err := q.FileDifferences(ctx, org)
	if err != nil {
		return nil, fmt.Errorf("comparing payment files: %w", err)
	}
	for _, f := range files {
		out = append(out, ledger.Difference{What: fmt.Sprintf("payment file %s of run %d", f.MessageID, f.RunNo),
			Stored: fmt.Sprintf("%d payments, %d cents, same hash: %t", f.FileCount, f.FileCents, f.SameHash),
			Facts: fmt.Sprintf("%d instructions, %d cents; %d statements to pay, %d cents", f.InstructionCount, f.InstructionCents,
				f.StatementCount, f.StatementCents)})
	}
	wrong, err := q.InstructionDifferences(ctx, org)
	if err != nil {
		return nil, fmt.Errorf("comparing payment instructions: %w", err)
	}
	for _, i := range wrong {
		out = append(out, ledger.Difference{What: fmt.Sprintf("payment of statement %s, run %d", i.StatementNo, i.RunNo),
			Stored: i.AmountCents.String(), Facts: fmt.Sprintf("%d cents, or other account, number or reference", i.NetCents)})
	}
	return out, nil
}
