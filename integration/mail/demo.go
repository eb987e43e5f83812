package mail

import (
	"context"
	"fmt"

	"seteli/core/fault"
	"seteli/integration/mail/db"
	"seteli/platform/postgres"
)

// ErrNotDemo refuses the demo mailbox outside a demo: letters to real people must not end in a table.
var ErrNotDemo = fault.New(fault.Conflict, "MAIL-010", "mail.demo_only")

// Mailbox keeps messages in the table demo_mail instead of sending them.
type Mailbox struct{ store *postgres.DB }

// NewMailbox refuses with MAIL-010 unless the caller says that this is a demo.
func NewMailbox(demo bool, store *postgres.DB) (*Mailbox, error) {
	if !demo {
		return nil, ErrNotDemo
	}
	return &Mailbox{store}, nil
}

// Send keeps the message; the same MessageID once.
func (b *Mailbox) Send(ctx context.Context, m Mail) error {
	if err := m.check(); err != nil {
		return err
	}
	return b.store.National(ctx, func(tx *postgres.Tx) error {
		err := db.New(tx).Keep(ctx, db.KeepParams{
			MessageID: m.MessageID, Recipient: m.To, Subject: m.Subject, Body: m.Text, Language: m.Language, SentAt: tx.Now(),
		})
		if err != nil {
			return fmt.Errorf("keeping a demo message: %w", err)
		}
		return nil
	})
}

// Kept is a message in the demo mailbox.
type Kept = db.DemoMail

// Messages lists the messages of one receiver ("" = all), newest first, at most limit, older than before (0 = from the newest).
func Messages(ctx context.Context, tx *postgres.Tx, recipient string, before int64, limit int32) ([]Kept, error) {
	rows, err := db.New(tx).Mailbox(ctx, db.MailboxParams{Recipient: recipient, BeforeID: before, Batch: limit})
	if err != nil {
		return nil, fmt.Errorf("reading the demo mailbox: %w", err)
	}
	return rows, nil
}

// KeepText keeps a text message of a demo among the letters, the phone's number as its receiver; the same id once.
func KeepText(ctx context.Context, store *postgres.DB, phone, text, language, id string) error {
	return store.National(ctx, func(tx *postgres.Tx) error {
		err := db.New(tx).Keep(ctx, db.KeepParams{MessageID: id, Recipient: phone, Subject: "SMS", Body: text, Language: language, SentAt: tx.Now()})
		if err != nil {
			return fmt.Errorf("keeping a demo text message: %w", err)
		}
		return nil
	})
}
