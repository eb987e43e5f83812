package notice

import (
	"context"
	"encoding/json"
	"fmt"

	"seteli/core/fault"
	"seteli/domain/onetime"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Text is one text message to one phone. MessageID is the same at each try, so that a message sent twice shows once.
type Text struct {
	To, Body, Language, MessageID string // To with its country: "+358401234567"
}

// Texter sends text messages. An error of kind invalid or conflict will never succeed; others are tried again.
type Texter interface {
	SendText(ctx context.Context, t Text) error
}

// errNoTexter keeps messages in the queue of a program that cannot send them.
var errNoTexter = fault.New(fault.Unavailable, "NOT-002", "notice.no_texter")

// text delivers one text message. What the gateway will never take is noted and not tried again.
func (d *Desk) text(ctx context.Context, m postgres.Delivery) error {
	if d.Texter == nil {
		return errNoTexter
	}
	var texted onetime.Texted
	if err := json.Unmarshal(m.Payload, &texted); err != nil {
		return fmt.Errorf("reading message %s: %w", m.Dedup, err)
	}
	by := access.System("notice", m.Organiser)
	var t onetime.Text
	err := d.Store.Read(ctx, by, func(tx *postgres.Tx) (err error) {
		t, err = onetime.TextOf(ctx, tx, m.Organiser, texted.Text)
		return err
	})
	if err != nil {
		return err
	}
	outcome, detail := "sent", ""
	sendErr := d.Texter.SendText(ctx, Text{To: t.Phone, Body: t.Body, Language: string(t.Language), MessageID: fmt.Sprintf("text-%d-%d", m.Organiser, t.ID)})
	forGood := fault.KindOf(sendErr) == fault.Invalid || fault.KindOf(sendErr) == fault.Conflict
	switch {
	case sendErr != nil && forGood:
		outcome, detail = "refused", fault.CodeOf(sendErr)
	case sendErr != nil:
		outcome, detail = "failed", fault.CodeOf(sendErr)
	}
	err = d.Store.Tenant(ctx, by, func(tx *postgres.Tx) error {
		return onetime.Tried(ctx, tx, m.Organiser, t.ID, m.Attempt, outcome, detail)
	})
	if err != nil {
		return err
	}
	if sendErr != nil && forGood {
		d.Log.WarnContext(ctx, "text message cannot be sent", "organiser", m.Organiser, "text", t.ID, "code", detail)
		return nil
	}
	return sendErr
}
