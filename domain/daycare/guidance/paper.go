package guidance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"seteli/core/fault"
	"seteli/domain/client"
	"seteli/domain/daycare/guidance/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/document"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// Acts on the files of a family, in the audit.
const (
	ActPaperAdded   audit.Act = "daycare.paper_added"
	ActPaperRemoved audit.Act = "daycare.paper_removed"
)

// mostPapers is how many files an application has.
const mostPapers = 10

// Paper is a file of an application, without its content.
type Paper struct {
	ID    int64
	Name  string
	Media string
	Size  int
	At    time.Time
	By    string
	owner int64 // the guardian who sent it; 0 = staff
}

// PaperInput is a file as it was sent.
type PaperInput struct {
	Organiser   int32
	Application int64
	Name        string
	Data        []byte
}

// AddPaper stores a file of an open application, encrypted. What it is, is judged from its content, never from its name (DOC-10x);
// GUI-031 for a name that nothing is left of, GUI-032 when there are ten already. The same file sent twice by one person is one.
// Locks: application.
func AddPaper(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, in PaperInput) (int64, error) {
	a, err := open(ctx, tx, by, in.Organiser, in.Application)
	if err != nil {
		return 0, err
	}
	if !a.State.Open() {
		return 0, errNotOpen
	}
	q := db.New(tx)
	have, err := q.PapersOf(ctx, db.PapersOfParams{OrganiserID: in.Organiser, ApplicationID: a.ID})
	if err != nil {
		return 0, fmt.Errorf("reading papers of application %d: %w", a.ID, err)
	}
	upload, err := document.Sniff(in.Data)
	if err != nil {
		return 0, fault.On(err, "file")
	}
	name, ok := document.FileName(in.Name)
	if !ok {
		return 0, errFileName
	}
	hash := sha256.Sum256(in.Data)
	for _, x := range have {
		if bytes.Equal(x.Sha256, hash[:]) && x.Name == name && x.UploadedBy == by.Name {
			return x.PaperID, nil
		}
	}
	if len(have) >= mostPapers {
		return 0, errPapers.With("most", mostPapers)
	}
	sealed, err := keys.Seal(paperPlace(in.Organiser), in.Data)
	if err != nil {
		return 0, err
	}
	row := db.PaperAddParams{OrganiserID: in.Organiser, ApplicationID: a.ID, Name: name, Media: upload.Type, Size: int32(len(in.Data)), Sha256: hash[:], BytesEncrypted: sealed,
		UploadedAt: tx.Now(), UploadedBy: by.Name}
	if by.Role.Side() == access.PersonSide {
		g, err := asGuardian(tx, by, a.Guardians)
		if err != nil {
			return 0, err
		}
		row.UploaderID = &g.Adult
	}
	id, err := q.PaperAdd(ctx, row)
	if err != nil {
		return 0, fmt.Errorf("storing a paper of application %d: %w", a.ID, err)
	}
	return id, audit.Write(ctx, tx, by, ActPaperAdded, a.Ref(), map[string]any{"paper": id, "size": len(in.Data)})
}

// RemovePaper takes back a file that the guardian sent to its own draft by mistake; what has been sent with an application stays (GUI-015).
// Locks: application.
func RemovePaper(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, application, paper int64) error {
	a, err := open(ctx, tx, by, organiser, application)
	if err != nil {
		return err
	}
	if by.Role.Side() != access.PersonSide || a.State != Draft || a.own(by) != nil {
		return errNotOpen
	}
	n, err := db.New(tx).PaperRemove(ctx, db.PaperRemoveParams{OrganiserID: organiser, ApplicationID: a.ID, PaperID: paper, UploaderID: &a.Applicant, RemovedAt: new(tx.Now())})
	if err != nil {
		return fmt.Errorf("removing paper %d of application %d: %w", paper, a.ID, err)
	}
	if n == 0 {
		return errUnknown
	}
	return audit.Write(ctx, tx, by, ActPaperRemoved, a.Ref(), map[string]any{"paper": paper})
}

func paperPlace(organiser int32) secret.Place {
	return secret.Place{Column: "daycare_paper.bytes_encrypted", Organiser: organiser}
}

// Papers lists an application's files for whoever has read it: staff see all, a guardian its own.
func Papers(ctx context.Context, tx *postgres.Tx, by access.Actor, a Application) ([]Paper, error) {
	rows, err := db.New(tx).PapersOf(ctx, db.PapersOfParams{OrganiserID: a.Organiser, ApplicationID: a.ID})
	if err != nil {
		return nil, fmt.Errorf("reading papers of application %d: %w", a.ID, err)
	}
	var list []Paper
	for _, r := range rows {
		p := Paper{ID: r.PaperID, Name: r.Name, Media: r.Media, Size: int(r.Size), At: r.UploadedAt, By: r.UploadedBy}
		if r.UploaderID != nil {
			p.owner = *r.UploaderID
		}
		if p.seen(by, a) {
			list = append(list, p)
		}
	}
	return list, nil
}

func (p Paper) seen(by access.Actor, a Application) bool {
	if by.Role.Side() != access.PersonSide {
		return true
	}
	for _, g := range a.Guardians {
		if g.Person == by.Person && g.Adult == p.owner {
			return true
		}
	}
	return false
}

// OpenPaper reads a file, proves it by its hash, and logs the reading.
func OpenPaper(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, a Application, id int64) (name, media string, data []byte, err error) {
	r, err := db.New(tx).PaperOf(ctx, db.PaperOfParams{OrganiserID: a.Organiser, ApplicationID: a.ID, PaperID: id})
	if noRows(err) {
		return "", "", nil, errUnknown
	}
	if err != nil {
		return "", "", nil, fmt.Errorf("reading paper %d: %w", id, err)
	}
	p := Paper{}
	if r.UploaderID != nil {
		p.owner = *r.UploaderID
	}
	if !p.seen(by, a) {
		return "", "", nil, errUnknown
	}
	if data, err = keys.Open(paperPlace(a.Organiser), r.BytesEncrypted); err != nil {
		return "", "", nil, err
	}
	if hash := sha256.Sum256(data); !bytes.Equal(hash[:], r.Sha256) {
		return "", "", nil, fmt.Errorf("paper %d of organiser %d does not match its hash", id, a.Organiser)
	}
	return r.Name, r.Media, data, audit.Seen(ctx, tx, by, audit.View{Organiser: a.Organiser, Person: a.Person, Client: a.Of.Child, Purpose: client.ForCase, What: "daycare.paper"})
}
