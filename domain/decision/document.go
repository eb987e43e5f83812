package decision

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/fault"
	"seteli/domain/decision/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/document"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// DocumentKind is what a stored letter is.
type DocumentKind string

// Kinds of stored letters.
const (
	DecisionLetter   DocumentKind = "decision"
	InformationSheet DocumentKind = "information_sheet"
	VoucherPaper     DocumentKind = "voucher"
	Statement        DocumentKind = "statement"
	HearingLetter    DocumentKind = "hearing"
)

var errNoDocument = fault.New(fault.NotFound, "DEC-005", "decision.no_document")

// DocumentInput is a letter to be stored as it is sent. Client, person and provider say whose letter it is.
type DocumentInput struct {
	Organiser                int32
	Kind                     DocumentKind
	Letter                   document.Letter
	Texts                    *i18n.Catalogue
	Client, Person, Provider *int64
}

// StoreDocument renders the letter once and keeps paper, page and text with the hash of the paper. It is part of a use
// case that has checked its right; a stored letter is never rendered again.
func StoreDocument(ctx context.Context, tx *postgres.Tx, in DocumentInput) (int64, error) {
	if err := in.Letter.Check(); err != nil {
		return 0, err
	}
	paper, err := document.PDF(in.Letter, in.Texts)
	if err != nil {
		return 0, fmt.Errorf("writing the letter %q: %w", in.Letter.Title, err)
	}
	page, err := document.HTML(in.Letter, in.Texts)
	if err != nil {
		return 0, fmt.Errorf("writing the page of letter %q: %w", in.Letter.Title, err)
	}
	plain, err := document.Text(in.Letter, in.Texts)
	if err != nil {
		return 0, fmt.Errorf("writing the text of letter %q: %w", in.Letter.Title, err)
	}
	hash := sha256.Sum256(paper)
	id, err := db.New(tx).DocumentAdd(ctx, db.DocumentAddParams{OrganiserID: in.Organiser, Kind: string(in.Kind), Title: in.Letter.Title,
		Media: "application/pdf", Sha256: hash[:], Bytes: paper, Html: string(page), Plain: plain,
		ClientID: in.Client, PersonID: in.Person, ProviderID: in.Provider, CreatedAt: tx.Now()})
	if err != nil {
		return 0, fmt.Errorf("storing the letter %q: %w", in.Letter.Title, err)
	}
	return id, nil
}

// Stored is a letter as it was sent.
type Stored struct {
	Organiser                int32
	ID                       int64
	Kind                     DocumentKind
	Title, Media             string
	PDF                      []byte
	HTML, Plain              string // HTML was made by the letter renderer, which escapes every text
	Client, Person, Provider *int64
	CreatedAt                time.Time
}

// Document reads a stored letter that the actor may see. Damage since it was sent is an error, never shown as if whole.
// A letter about a client leaves a row in the access log.
func Document(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, id int64) (Stored, error) {
	r, err := db.New(tx).DocumentGet(ctx, db.DocumentGetParams{OrganiserID: org, DocumentID: id})
	if errors.Is(err, pgx.ErrNoRows) {
		return Stored{}, errNoDocument
	}
	if err != nil {
		return Stored{}, fmt.Errorf("reading document %d: %w", id, err)
	}
	if err := mayRead(by, org, DocumentKind(r.Kind), r.ClientID, r.PersonID, r.ProviderID); err != nil {
		return Stored{}, err
	}
	if hash := sha256.Sum256(r.Bytes); string(hash[:]) != string(r.Sha256) {
		return Stored{}, fmt.Errorf("document %d of organiser %d does not match its hash", id, org)
	}
	if err := logReading(ctx, tx, by, org, r.ClientID, r.PersonID, r.Kind); err != nil {
		return Stored{}, err
	}
	return Stored{Organiser: r.OrganiserID, ID: r.DocumentID, Kind: DocumentKind(r.Kind), Title: r.Title, Media: r.Media, PDF: r.Bytes,
		HTML: r.Html, Plain: r.Plain, Client: r.ClientID, Person: r.PersonID, Provider: r.ProviderID, CreatedAt: r.CreatedAt}, nil
}

// mayRead decides who sees a letter: a client's by the right to decisions, a provider's by the right to applications,
// a statement by the right to settlements. Another's letter is as if it did not exist.
func mayRead(by access.Actor, org int32, kind DocumentKind, client, person, provider *int64) error {
	right := access.ApplicationRead
	switch {
	case client != nil || person != nil:
		right = access.DecisionRead
	case kind == Statement:
		right = access.SettlementRead
	}
	if err := by.May(right, org); err != nil {
		return err
	}
	switch by.Role.Side() {
	case access.PersonSide:
		if person == nil || *person != by.Person {
			return errNoDocument
		}
	case access.ProviderSide:
		if provider == nil || *provider != by.Provider {
			return errNoDocument
		}
	}
	return nil
}

func logReading(ctx context.Context, tx *postgres.Tx, by access.Actor, org int32, client, person *int64, what string) error {
	if client == nil && person == nil {
		return nil
	}
	view := audit.View{Organiser: org, Purpose: "case.handling", What: what}
	if client != nil {
		view.Client = *client
	}
	if person != nil {
		view.Person = *person
	}
	if by.Role.Side() == access.PersonSide {
		view.Purpose = "own.data"
	}
	return audit.Seen(ctx, tx, by, view)
}
