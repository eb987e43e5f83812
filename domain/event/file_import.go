package event

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/event/db"
	"seteli/domain/organiser"
	"seteli/domain/register"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
	"seteli/platform/sheet"
)

const (
	actUploaded  = audit.Act("event.file_uploaded")
	actConfirmed = audit.Act("event.file_confirmed")
	actDropped   = audit.Act("event.file_dropped")
)

var (
	errNoFile    = fault.New(fault.NotFound, "EVT-030", "event.file.not_found")
	errConfirmed = fault.New(fault.Conflict, "EVT-031", "event.file.confirmed")
	errDropped   = fault.New(fault.Conflict, "EVT-032", "event.file.dropped")
	errUndecided = fault.New(fault.Conflict, "EVT-033", "event.file.undecided")
	errRows      = fault.New(fault.Invalid, "EVT-034", "event.file.rows_rejected")
	errNobody    = fault.New(fault.Invalid, "EVT-035", "event.file.provider_needed")
)

// StoredFile is an uploaded file without its bytes.
type StoredFile struct {
	ID          int64
	Provider    int64
	Name        string
	SHA256      []byte
	State       string // uploaded, confirmed or dropped
	UploadedAt  time.Time
	UploadedBy  string
	ConfirmedAt *time.Time
	Answers     Answers
	Receipt     *Receipt // when confirmed
}

// Counts of the rows of a file by their answer. A repeated row is counted under the state of its first answer too.
type Counts struct {
	Rows, Accepted, Partial, Review, Rejected, Repeated int
	Total, Organiser, Own                               money.Cents // of what is accepted, wholly or in part
}

func (c *Counts) add(v *Verdict) {
	c.Rows++
	if v.Repeated {
		c.Repeated++
	}
	switch v.State {
	case Accepted:
		c.Accepted++
	case Partial:
		c.Partial++
	case Review:
		c.Review++
		return
	default:
		c.Rejected++
		return
	}
	c.Total, c.Organiser, c.Own = c.Total+v.Share.Total, c.Organiser+v.Share.Organiser, c.Own+v.Share.Own
}

// Receipt is the lasting answer to a confirmed file. The rows' answers come from the events: the same file gives them again.
type Receipt struct {
	File        int64            `json:"file"`
	Name        string           `json:"name"`
	SHA256      string           `json:"sha256"`
	ConfirmedAt time.Time        `json:"confirmed_at"`
	ConfirmedBy string           `json:"confirmed_by"`
	Counts      Counts           `json:"counts"`
	Organisers  map[int32]Counts `json:"organisers"`
}

// FilePreview is what a file says and what would come of it now. Nothing is stored by making it.
type FilePreview struct {
	File      StoredFile
	Rows      []FileRow
	Damages   map[sheet.Damage]int // kinds with a proposal or without, by the number of cells
	Undecided []sheet.Damage       // kinds that the sender has to answer
	Skipped   []sheet.Skipped
	Unknown   []string // headings that no column knows
	Hidden    []string // sheets that are not shown and not read
	HiddenAt  []int    // hidden rows, which are read
	Counts    Counts
	Found     []int // for each of FileColumns its place in the file, -1 when it is not there
	headings  []string
	others    []int // places of headings that are the sender's own business
}

// Upload stores a file after judging its container and header: structural errors come all at once and store nothing. The same
// bytes again give the same number.
func Upload(ctx context.Context, store *postgres.DB, by access.Actor, provider int64, name string, data []byte) (int64, error) {
	if err := mayImport(by, provider); err != nil {
		return 0, err
	}
	if _, err := openFile(name, data); err != nil {
		return 0, err
	}
	sum := hashOf(data)
	var id int64
	err := store.Tenant(ctx, access.Within{Provider: provider}, func(tx *postgres.Tx) (err error) {
		q := db.New(tx)
		id, err = q.FileSame(ctx, db.FileSameParams{ProviderID: provider, Sha256: sum[:]})
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		id, err = q.FileAdd(ctx, db.FileAddParams{ProviderID: provider, Name: name, Sha256: sum[:], Bytes: data, UploadedAt: tx.Now(), UploadedByAccount: by.Account, UploadedBy: by.Name})
		if err != nil {
			return fmt.Errorf("storing a file: %w", err)
		}
		return audit.Write(ctx, tx, by, actUploaded, audit.Ref{Kind: "event_file", ID: id, Label: name}, map[string]any{"sha256": fmt.Sprintf("%x", sum), "bytes": len(data)})
	})
	return id, err
}

func mayImport(by access.Actor, provider int64) error {
	if err := by.May(access.EventImport, 0); err != nil {
		return err
	}
	switch {
	case provider == 0:
		return errNobody
	case by.Role != access.SystemRole && by.Provider != provider:
		return errProvider
	}
	return nil
}

// Files lists a provider's files, newest first.
func Files(ctx context.Context, store *postgres.DB, by access.Actor, provider int64, most int32) (out []StoredFile, err error) {
	if err := mayImport(by, provider); err != nil {
		return nil, err
	}
	err = store.Read(ctx, access.Within{Provider: provider}, func(tx *postgres.Tx) error {
		rows, err := db.New(tx).FilesOf(ctx, db.FilesOfParams{ProviderID: provider, Most: most})
		if err != nil {
			return fmt.Errorf("listing files: %w", err)
		}
		for _, r := range rows {
			f := StoredFile{ID: r.FileID, Provider: r.ProviderID, Name: r.Name, SHA256: r.Sha256, State: r.State, UploadedAt: r.UploadedAt, UploadedBy: r.UploadedBy, ConfirmedAt: r.ConfirmedAt}
			if f.Receipt, err = receiptOf(r.Receipt); err != nil {
				return err
			}
			out = append(out, f)
		}
		return nil
	})
	return out, err
}

func receiptOf(raw []byte) (*Receipt, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var r Receipt
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, fmt.Errorf("reading a receipt: %w", err)
	}
	return &r, nil
}

// Answer stores the sender's decision on one kind of damage: its proposals are used, or its rows are rejected.
func Answer(ctx context.Context, store *postgres.DB, by access.Actor, provider, file int64, kind sheet.Damage, accept bool) error {
	if err := mayImport(by, provider); err != nil {
		return err
	}
	return store.Tenant(ctx, access.Within{Provider: provider}, func(tx *postgres.Tx) error {
		f, _, err := fileOf(ctx, tx, provider, file)
		if err != nil {
			return err
		}
		f.Answers[kind] = accept
		raw, err := json.Marshal(f.Answers)
		if err != nil {
			return err
		}
		return changed(db.New(tx).FileAnswers(ctx, db.FileAnswersParams{ProviderID: provider, FileID: file, Answers: raw}))
	})
}

// DropFile puts a file aside before its confirmation.
func DropFile(ctx context.Context, store *postgres.DB, by access.Actor, provider, file int64) error {
	if err := mayImport(by, provider); err != nil {
		return err
	}
	return store.Tenant(ctx, access.Within{Provider: provider}, func(tx *postgres.Tx) error {
		if err := changed(db.New(tx).FileDrop(ctx, db.FileDropParams{ProviderID: provider, FileID: file})); err != nil {
			return err
		}
		return audit.Write(ctx, tx, by, actDropped, audit.Ref{Kind: "event_file", ID: file}, nil)
	})
}

func changed(n int64, err error) error {
	if err == nil && n == 0 {
		return errConfirmed
	}
	return err
}

func fileOf(ctx context.Context, tx *postgres.Tx, provider, file int64) (StoredFile, []byte, error) {
	r, err := db.New(tx).FileOne(ctx, db.FileOneParams{ProviderID: provider, FileID: file})
	if errors.Is(err, pgx.ErrNoRows) {
		return StoredFile{}, nil, errNoFile
	}
	if err != nil {
		return StoredFile{}, nil, fmt.Errorf("reading file %d: %w", file, err)
	}
	f := StoredFile{ID: r.FileID, Provider: r.ProviderID, Name: r.Name, SHA256: r.Sha256, State: r.State, UploadedAt: r.UploadedAt, UploadedBy: r.UploadedBy, ConfirmedAt: r.ConfirmedAt, Answers: Answers{}}
	if err := json.Unmarshal(r.Answers, &f.Answers); err != nil {
		return StoredFile{}, nil, fmt.Errorf("reading the answers of file %d: %w", file, err)
	}
	f.Receipt, err = receiptOf(r.Receipt)
	return f, r.Bytes, err
}

// PreviewFile reads the stored file and judges every row as if it were recorded now.
func PreviewFile(ctx context.Context, store *postgres.DB, by access.Actor, provider, file int64) (*FilePreview, error) {
	if err := mayImport(by, provider); err != nil {
		return nil, err
	}
	p, err := readFile(ctx, store, provider, file, nil)
	if err != nil {
		return nil, err
	}
	return p, p.judge(ctx, store, by, false, nil)
}

// ConfirmFile records the good rows, per organiser in one transaction; bad rows stay with their findings. The same file again, or
// the rest after a crash, answers what is stored already: nothing is doubled.
func ConfirmFile(ctx context.Context, store *postgres.DB, by access.Actor, provider, file int64, progress func(done, of int)) (*FilePreview, error) {
	if err := mayImport(by, provider); err != nil {
		return nil, err
	}
	p, err := readFile(ctx, store, provider, file, nil)
	switch {
	case err != nil:
		return nil, err
	case p.File.State == "dropped":
		return nil, errDropped
	case len(p.Undecided) > 0:
		return nil, errUndecided
	}
	if err := p.judge(ctx, store, by, true, progress); err != nil {
		return nil, err
	}
	return p, p.confirm(ctx, store, by)
}

// confirm stores the receipt; the first confirmation's stands.
func (p *FilePreview) confirm(ctx context.Context, store *postgres.DB, by access.Actor) error {
	return store.Tenant(ctx, access.Within{Provider: p.File.Provider}, func(tx *postgres.Tx) error {
		q := db.New(tx)
		held, err := q.FileHold(ctx, db.FileHoldParams{ProviderID: p.File.Provider, FileID: p.File.ID})
		if err != nil {
			return fmt.Errorf("confirming file %d: %w", p.File.ID, err)
		}
		if held.State == "confirmed" {
			p.File.State = held.State
			p.File.Receipt, err = receiptOf(held.Receipt)
			return err
		}
		r := Receipt{File: p.File.ID, Name: p.File.Name, SHA256: fmt.Sprintf("%x", p.File.SHA256), ConfirmedAt: tx.Now(), ConfirmedBy: by.Name, Counts: p.Counts, Organisers: map[int32]Counts{}}
		for i := range p.Rows {
			c := r.Organisers[p.Rows[i].Organiser]
			c.add(p.Rows[i].Verdict)
			r.Organisers[p.Rows[i].Organiser] = c
		}
		raw, err := json.Marshal(r)
		if err != nil {
			return err
		}
		now := tx.Now()
		if err := changed(q.FileConfirm(ctx, db.FileConfirmParams{ProviderID: p.File.Provider, FileID: p.File.ID, ConfirmedAt: &now, Receipt: raw})); err != nil {
			return err
		}
		p.File.State, p.File.ConfirmedAt, p.File.Receipt = "confirmed", &now, &r
		return audit.Write(ctx, tx, by, actConfirmed, audit.Ref{Kind: "event_file", ID: p.File.ID, Label: p.File.Name}, map[string]any{"rows": p.Counts.Rows, "rejected": p.Counts.Rejected})
	})
}

// readFile gives the file's rows; answers replace the stored ones unless nil.
func readFile(ctx context.Context, store *postgres.DB, provider, file int64, answers func(sheet.Damage) bool) (*FilePreview, error) {
	var p FilePreview
	var data []byte
	r := reading{prefixes: map[string]int32{}}
	err := store.Read(ctx, access.Within{Provider: provider}, func(tx *postgres.Tx) (err error) {
		if p.File, data, err = fileOf(ctx, tx, provider, file); err != nil {
			return err
		}
		units, err := register.Units(ctx, tx, provider)
		if err != nil {
			return err
		}
		r.units = unitNames(units)
		all, err := organiser.All(ctx, tx)
		for _, o := range all {
			r.prefixes[o.Prefix] = o.ID
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return &p, p.read(&r, data, answers)
}

func (p *FilePreview) read(r *reading, data []byte, answers func(sheet.Damage) bool) error {
	m, err := openFile(p.File.Name, data)
	if err != nil {
		return err
	}
	r.sum, r.answers, r.columns = hashOf(data), p.File.Answers, make([]string, len(FileColumns))
	for i, c := range m.Columns {
		r.columns[i] = c.Synonyms[0]
	}
	p.Damages, p.Skipped, p.Unknown, p.Hidden, p.HiddenAt, p.Found = m.Damages(), m.Skipped, m.Unknown, m.Table.Hidden, m.Table.HiddenAt, m.Found
	if err := p.foreign(m.Headings); err != nil {
		return err
	}
	r.others = p.others
	for _, kind := range slices.Sorted(maps.Keys(p.Damages)) {
		if kind == sheet.Unreadable {
			continue // there is nothing to propose
		}
		if answers != nil {
			r.answers[kind] = answers(kind)
		} else if _, decided := r.answers[kind]; !decided {
			p.Undecided = append(p.Undecided, kind)
		}
	}
	p.Rows = make([]FileRow, 0, m.Lines)
	for row := range r.rows(m) {
		p.Rows = append(p.Rows, row)
	}
	return nil
}

// judge answers every row that could be read: recorded, or only judged.
func (p *FilePreview) judge(ctx context.Context, store *postgres.DB, by access.Actor, record bool, progress func(done, of int)) error {
	byOrganiser := map[int32][]int{}
	done := 0
	for i := range p.Rows {
		if !p.Rows[i].unread {
			byOrganiser[p.Rows[i].Organiser] = append(byOrganiser[p.Rows[i].Organiser], i)
		} else {
			done++
		}
	}
	desk := NewDesk(store)
	for _, o := range slices.Sorted(maps.Keys(byOrganiser)) {
		rows := byOrganiser[o]
		sub := Submission{By: by, Provider: p.File.Provider, Source: File, FileName: p.File.Name, FileSHA256: p.File.SHA256, Lines: make([]Line, len(rows))}
		for i, n := range rows {
			sub.Lines[i] = *p.Rows[n].Line
			p.Rows[n].Line = &sub.Lines[i] // a hundred thousand lines are held once
		}
		do := desk.DryRun
		if record {
			do = desk.alone
		}
		verdicts, err := do(ctx, o, sub)
		if err != nil {
			return err
		}
		for i, n := range rows {
			p.Rows[n].Verdict = &verdicts[i]
		}
		if done += len(rows); progress != nil {
			progress(done, len(p.Rows))
		}
	}
	p.Counts = Counts{}
	for i := range p.Rows {
		p.Counts.add(p.Rows[i].Verdict)
	}
	return nil
}

// Bad gives the rows that are not taken, in the order of the file.
func (p *FilePreview) Bad() []FileRow {
	var bad []FileRow
	for i := range p.Rows {
		if p.Rows[i].Verdict.State == Rejected {
			bad = append(bad, p.Rows[i])
		}
	}
	slices.SortStableFunc(bad, func(a, b FileRow) int { return cmp.Compare(a.Row, b.Row) })
	return bad
}

// ImportOptions of a file that comes in one call, without a page.
type ImportOptions struct {
	Provider        int64 // when the actor is not of a provider
	DryRun          bool  // judged, not recorded
	AllOrNothing    bool  // one rejected row and nothing is recorded
	AcceptProposals bool  // for damaged cells; otherwise their rows are rejected
}

// ImportFile takes a file from reader to receipt. With DryRun nothing is recorded. The answer has every row with its verdict.
func ImportFile(ctx context.Context, store *postgres.DB, by access.Actor, name string, from io.Reader, opt ImportOptions, progress func(done, of int)) (*FilePreview, error) {
	provider := cmp.Or(opt.Provider, by.Provider)
	data, err := io.ReadAll(io.LimitReader(from, FileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	id, err := Upload(ctx, store, by, provider, name, data)
	if err != nil {
		return nil, err
	}
	p, err := readFile(ctx, store, provider, id, func(sheet.Damage) bool { return opt.AcceptProposals })
	if err != nil {
		return nil, err
	}
	if opt.DryRun || opt.AllOrNothing {
		if err := p.judge(ctx, store, by, false, progress); err != nil || opt.DryRun {
			return p, err
		}
		if p.Counts.Rejected > 0 {
			return p, errRows.With("n", p.Counts.Rejected)
		}
	}
	for kind := range p.Damages { // the receipt must read the rows as they were recorded
		if kind != sheet.Unreadable && p.File.State == "uploaded" {
			if err := Answer(ctx, store, by, provider, id, kind, opt.AcceptProposals); err != nil {
				return nil, err
			}
		}
	}
	if err := p.judge(ctx, store, by, true, progress); err != nil {
		return nil, err
	}
	return p, p.confirm(ctx, store, by)
}
