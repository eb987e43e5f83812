package decision

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/decision/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/document"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// TopicReplied is the outbox topic of a client's own answer; its payload is HearingNews.
const TopicReplied = "hearing.replied"

// MostReplyFiles is how many files one answer may bring.
const MostReplyFiles = 5

// HearingFile is a file that came with an answer, without its content.
type HearingFile struct {
	ID          int64
	Name, Media string
	Size        int // bytes
}

// Standing is where a hearing is, as the client sees it.
type Standing string

// Standings of a hearing.
const (
	HearingWaits    Standing = "waits"    // for the client's answer
	HearingSilent   Standing = "silent"   // the time has run out without an answer; an answer is still taken until the decision
	HearingAnswered Standing = "answered" // more can be added until the decision
	HearingOver     Standing = "over"     // decided or taken back
)

func standing(state ProposalState, due, today calendar.Date) Standing {
	switch {
	case !state.Live():
		return HearingOver
	case state == OpenProposal:
		return HearingAnswered
	case due < today:
		return HearingSilent
	}
	return HearingWaits
}

// Open tells that the client may still answer, or add to the answer.
func (s Standing) Open() bool { return s != HearingOver }

// OwnHearing is one matter in which the person was asked before a decision. Question, AskedOn and Due are of the newest question.
type OwnHearing struct {
	Organiser    int32
	Proposal     int64
	Service      int64
	Question     string
	AskedOn, Due calendar.Date
	Standing     Standing
	AnsweredOn   *calendar.Date // of the newest answer to that question
}

// HearingsOfPerson lists in which matters the person was asked, of every organiser, the newest due day first. It runs in the person's own
// scope.
func HearingsOfPerson(ctx context.Context, tx *postgres.Tx, by access.Actor) ([]OwnHearing, error) {
	if err := by.May(access.DecisionRead, 0); err != nil {
		return nil, err
	}
	if by.Role.Side() != access.PersonSide || by.Person == 0 {
		return nil, errHearing
	}
	rows, err := db.New(tx).HearingsOfPerson(ctx, db.HearingsOfPersonParams{PersonID: by.Person, Most: mostOwn})
	if err != nil {
		return nil, fmt.Errorf("listing the hearings of person %d: %w", by.Person, err)
	}
	out := make([]OwnHearing, len(rows))
	views := map[int32]audit.View{}
	for i, r := range rows {
		out[i] = OwnHearing{Organiser: r.OrganiserID, Proposal: r.ProposalID, Service: r.ServiceID, Question: r.Question, AskedOn: r.AskedOn, Due: *r.DueOn,
			Standing: standing(ProposalState(r.State), *r.DueOn, tx.Today()), AnsweredOn: r.AnsweredOn}
		views[r.OrganiserID] = audit.View{Organiser: r.OrganiserID, Person: by.Person, Purpose: "own.data", What: "hearing"}
	}
	seen := make([]audit.View, 0, len(views))
	for _, v := range views {
		seen = append(seen, v)
	}
	return out, audit.SeenMany(ctx, tx, by, seen)
}

// HearingMatter is a hearing with its questions and answers, oldest first.
type HearingMatter struct {
	OwnHearing
	Steps    []ProposalStep // asked and answered only
	Contact  string
	Decision *int64
}

// HearingOf reads one matter in which the person was asked. DEC-064 when nothing was asked: a draft is not the client's to see.
// It runs in the organiser's scope, because the letter is the organiser's row.
func HearingOf(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, proposal int64) (HearingMatter, error) {
	if err := by.May(access.DecisionRead, org); err != nil {
		return HearingMatter{}, err
	}
	r, err := db.New(tx).ProposalGet(ctx, db.ProposalGetParams{OrganiserID: org, ProposalID: proposal})
	p, err := proposalOf(r, err, proposal)
	if err != nil {
		return HearingMatter{}, err
	}
	m, err := p.matter(ctx, tx, by)
	if err != nil {
		return HearingMatter{}, err
	}
	return m, logReading(ctx, tx, by, org, &p.Client, &p.Person, "hearing")
}

func (p Proposal) matter(ctx context.Context, tx *postgres.Tx, by access.Actor) (HearingMatter, error) {
	if by.Role.Side() != access.PersonSide || by.Person == 0 || by.Person != p.Person {
		return HearingMatter{}, errHearing
	}
	steps, err := Steps(ctx, tx, p)
	if err != nil {
		return HearingMatter{}, err
	}
	q := lastAsked(steps)
	if q == nil {
		return HearingMatter{}, errHearing
	}
	m := HearingMatter{OwnHearing: OwnHearing{Organiser: p.Organiser, Proposal: p.ID, Service: p.Service, Question: q.Note, AskedOn: q.Day, Due: *q.Due,
		Standing: standing(p.State, *q.Due, tx.Today())}, Contact: p.Contact, Decision: p.Decision}
	for _, s := range steps {
		switch {
		case s.Kind == "answered" && s.ID > q.ID:
			m.AnsweredOn = &s.Day
			fallthrough
		case s.Kind == "asked", s.Kind == "answered":
			m.Steps = append(m.Steps, s)
		}
	}
	return m, nil
}

// ReplyFile is a file as it was sent.
type ReplyFile struct {
	Name string
	Data []byte
}

// ReplyInput is the client's own answer.
type ReplyInput struct {
	Organiser int32
	Proposal  int64
	Text      string
	Files     []ReplyFile  `json:"-"`
	Keys      *secret.Keys `json:"-"` // seal the files
}

// Reply takes the client's own answer with its files. Who decides finds the proposal changed and reads the answer first. More can be added
// as long as nothing is decided, after the due day, too (434/2003, 33 and 34 §). DEC-060 for an empty answer, DEC-061 after the decision.
// Locks: proposal.
func Reply(ctx context.Context, tx *postgres.Tx, by access.Actor, in ReplyInput) error {
	// Who may take the voucher for the client may also speak for the client when it is prepared.
	if err := by.May(access.VoucherAccept, in.Organiser); err != nil {
		return err
	}
	r, err := db.New(tx).ProposalLock(ctx, db.ProposalLockParams{OrganiserID: in.Organiser, ProposalID: in.Proposal})
	p, err := proposalOf(r, err, in.Proposal)
	if err != nil {
		return err
	}
	m, err := p.matter(ctx, tx, by)
	if err != nil {
		return err
	}
	in.Text = strings.TrimSpace(in.Text)
	switch {
	case !m.Standing.Open():
		return errReplyDone
	case in.Text == "" && len(in.Files) == 0:
		return errReply
	case len(in.Files) > MostReplyFiles:
		return errReplyFiles.With("most", MostReplyFiles)
	}
	files, err := in.sealed(p, by, tx.Now())
	if err != nil {
		return err
	}
	if err := p.become(ctx, tx, OpenProposal, nil); err != nil {
		return err
	}
	step, err := p.step(ctx, tx, by, ActAnswered, ProposalStep{Kind: "answered", Day: tx.Today(), Channel: "portal", Note: in.Text})
	if err != nil {
		return err
	}
	for _, f := range files {
		f.StepID = step
		if _, err := db.New(tx).HearingFileAdd(ctx, f); err != nil {
			return fmt.Errorf("storing a file of proposal %d: %w", p.ID, err)
		}
	}
	return p.tell(ctx, tx, TopicReplied, step, HearingNews{Proposal: p.ID, Due: m.Due})
}

// sealed judges each file by its content and encrypts it; everything that is wrong is told at once.
func (in ReplyInput) sealed(p Proposal, by access.Actor, at time.Time) ([]db.HearingFileAddParams, error) {
	var out []db.HearingFileAddParams
	var faults fault.List
	for _, f := range in.Files {
		upload, err := document.Sniff(f.Data)
		if err != nil {
			faults = append(faults, fault.All(fault.On(err, "files"))...)
			continue
		}
		name, ok := document.FileName(f.Name)
		if !ok {
			faults = append(faults, errReplyFile)
			continue
		}
		sealed, err := in.Keys.Seal(hearingPlace(p.Organiser), f.Data)
		if err != nil {
			return nil, err
		}
		hash := sha256.Sum256(f.Data)
		out = append(out, db.HearingFileAddParams{OrganiserID: p.Organiser, ProposalID: p.ID, PersonID: p.Person, Name: name, Media: upload.Type,
			Size: int32(len(f.Data)), Sha256: hash[:], BytesEncrypted: sealed, UploadedAt: at, UploadedBy: by.Name})
	}
	return out, faults.Err()
}

func hearingPlace(organiser int32) secret.Place {
	return secret.Place{Column: "hearing_file.bytes_encrypted", Organiser: organiser}
}

// filesOf gives the files of a proposal by the number of the answer that brought them.
func filesOf(ctx context.Context, tx *postgres.Tx, p Proposal) (map[int64][]HearingFile, error) {
	rows, err := db.New(tx).HearingFiles(ctx, db.HearingFilesParams{OrganiserID: p.Organiser, ProposalID: p.ID})
	if err != nil {
		return nil, fmt.Errorf("listing the files of proposal %d: %w", p.ID, err)
	}
	files := map[int64][]HearingFile{}
	for _, r := range rows {
		files[r.StepID] = append(files[r.StepID], HearingFile{ID: r.FileID, Name: r.Name, Media: r.Media, Size: int(r.Size)})
	}
	return files, nil
}

// OpenedFile is a file with its content.
type OpenedFile struct {
	Name, Media string
	Data        []byte
}

// OpenHearingFile decrypts a file for the organiser's staff who see the proposal, or for the client whose matter it is. Each opening leaves
// a row in the access log.
func OpenHearingFile(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, org int32, proposal, file int64) (OpenedFile, error) {
	if err := by.May(access.DecisionRead, org); err != nil {
		return OpenedFile{}, err
	}
	row, err := db.New(tx).ProposalGet(ctx, db.ProposalGetParams{OrganiserID: org, ProposalID: proposal})
	p, err := proposalOf(row, err, proposal)
	if err != nil {
		return OpenedFile{}, err
	}
	if by.Role.Side() == access.PersonSide && by.Person != p.Person {
		return OpenedFile{}, errHearing
	}
	if err := visible(ctx, tx, by, org, &p.Service); err != nil {
		return OpenedFile{}, errProposal.Because(err)
	}
	r, err := db.New(tx).HearingFileOpen(ctx, db.HearingFileOpenParams{OrganiserID: org, ProposalID: proposal, FileID: file})
	if errors.Is(err, pgx.ErrNoRows) {
		return OpenedFile{}, errHearing
	}
	if err != nil {
		return OpenedFile{}, fmt.Errorf("reading file %d of proposal %d: %w", file, proposal, err)
	}
	data, err := keys.Open(hearingPlace(org), r.BytesEncrypted)
	if err != nil {
		return OpenedFile{}, err
	}
	if hash := sha256.Sum256(data); string(hash[:]) != string(r.Sha256) {
		return OpenedFile{}, errFileDamaged
	}
	return OpenedFile{Name: r.Name, Media: r.Media, Data: data}, logReading(ctx, tx, by, org, &p.Client, &p.Person, "hearing")
}
