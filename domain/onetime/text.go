package onetime

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/domain/catalogue"
	"seteli/domain/client"
	"seteli/domain/onetime/db"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// TopicText is the outbox topic of a slip that leaves as a text message; its payload is Texted.
const TopicText = "onetime.text"

// Texted is the payload of TopicText.
type Texted struct {
	Text int64 `json:"text"`
}

// TextLength is how many signs of the GSM alphabet one text message carries.
const TextLength = 160

// Text is a slip as it leaves for a phone.
type Text struct {
	ID          int64
	Phone, Body string
	Language    i18n.Lang
}

// Sent is a text message that was asked for.
type Sent struct {
	Phone   string
	At      time.Time
	By      string
	Outcome string // "" = waits, sent, failed (is tried again), refused
}

// SendText queues a text message with the number of a slip to the phone that its client has given; nobody types a phone number here.
// ONE-020 when there is none. Right: VoucherGrant.
func SendText(ctx context.Context, tx *postgres.Tx, by access.Actor, texts *i18n.Catalogue, address string, organiserID int32, id int64) (Text, error) {
	if err := by.May(access.VoucherGrant, organiserID); err != nil {
		return Text{}, err
	}
	s, err := locked(ctx, tx, by, organiserID, id)
	if err != nil {
		return Text{}, err
	}
	if s.State(tx.Today()) != Valid {
		return Text{}, errOver
	}
	c, err := client.Load(ctx, tx, organiserID, s.Client)
	if err != nil {
		return Text{}, err
	}
	phone, ok := Phone(c.Phone)
	if !ok {
		return Text{}, errPhone
	}
	org, err := organiser.Get(ctx, tx, organiserID)
	if err != nil {
		return Text{}, err
	}
	service, err := catalogue.ServiceAt(ctx, tx, organiserID, s.Service, s.Period.From)
	if err != nil {
		return Text{}, err
	}
	t := Text{Phone: phone, Language: c.Language, Body: body(texts, c.Language, s, org.Names.In(c.Language), service.Names.In(c.Language), address)}
	t.ID, err = db.New(tx).TextAdd(ctx, db.TextAddParams{OrganiserID: organiserID, SlipID: s.ID, PersonID: s.Person, Phone: t.Phone, Language: string(t.Language), Body: t.Body,
		AskedAt: tx.Now(), AskedByAccount: by.Account, AskedBy: by.Name})
	if err != nil {
		return Text{}, fmt.Errorf("one-time voucher %d: keeping a text message: %w", s.ID, err)
	}
	if err := tx.Outbox(ctx, postgres.Message{Organiser: organiserID, Topic: TopicText, Dedup: fmt.Sprintf("onetime.text:%d", t.ID), Payload: Texted{t.ID}}); err != nil {
		return Text{}, err
	}
	return t, audit.Write(ctx, tx, by, ActTexted, s.Ref(), map[string]any{"text": t.ID})
}

// body says number, worth, last day and where the providers are. It names the service when one message holds it, and never the client.
func body(texts *i18n.Catalogue, lang i18n.Lang, s Slip, organiser, service, address string) string {
	args := map[string]any{"organiser": organiser, "service": service, "number": s.Number, "value": s.Value, "day": s.Period.Last(), "link": Providers(address, lang)}
	var said string
	for _, key := range []string{"onetime.text.full", "onetime.text.brief", "onetime.text.least"} {
		said = plainSpaces.Replace(texts.Text(lang, key, args))
		if n, ok := Signs(said); ok && n <= TextLength {
			break
		}
	}
	return said
}

// plainSpaces writes with the signs of the GSM alphabet what the program prints more finely.
var plainSpaces = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "–", "-", "−", "-", "’", "'", "”", "\"", "“", "\"")

// The GSM 7-bit default alphabet (3GPP TS 23.038) and the signs that take two places.
const (
	gsm       = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmDouble = "\f^{}\\[~]|€"
)

// Signs counts the places that a text takes in a text message; ok is false when a sign is not of the GSM alphabet, so that a message holds 70 only.
func Signs(text string) (n int, ok bool) {
	ok = true
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsm, r):
			n++
		case strings.ContainsRune(gsmDouble, r):
			n += 2
		default:
			n++
			ok = false
		}
	}
	return n, ok
}

// Phone reads a Finnish or foreign phone number as people write it and gives it with its country, "+358401234567".
func Phone(written string) (string, bool) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -()./\u00a0", r) {
			return -1
		}
		return r
	}, written)
	switch {
	case strings.HasPrefix(digits, "+"):
		digits = digits[1:]
	case strings.HasPrefix(digits, "00"):
		digits = digits[2:]
	case strings.HasPrefix(digits, "0"):
		digits = "358" + digits[1:]
	default:
		return "", false
	}
	if len(digits) < 8 || len(digits) > 15 || strings.Trim(digits, "0123456789") != "" || digits[0] == '0' {
		return "", false
	}
	return "+" + digits, true
}

// TextOf reads a queued text message for the sender.
func TextOf(ctx context.Context, tx *postgres.Tx, organiser int32, id int64) (Text, error) {
	r, err := db.New(tx).TextGet(ctx, db.TextGetParams{OrganiserID: organiser, TextID: id})
	if errors.Is(err, pgx.ErrNoRows) {
		return Text{}, errUnknown
	}
	if err != nil {
		return Text{}, fmt.Errorf("reading text message %d: %w", id, err)
	}
	return Text{ID: r.TextID, Phone: r.Phone, Body: r.Body, Language: i18n.Lang(r.Language)}, nil
}

// Tried notes how an attempt to send ended: sent, failed (is tried again) or refused for good.
func Tried(ctx context.Context, tx *postgres.Tx, organiser int32, id int64, attempt int, outcome, detail string) error {
	err := db.New(tx).TextTried(ctx, db.TextTriedParams{OrganiserID: organiser, TextID: id, Attempt: int32(attempt), At: tx.Now(), Outcome: outcome, Detail: detail})
	if err != nil {
		return fmt.Errorf("noting the delivery of text message %d: %w", id, err)
	}
	return nil
}

// TextsOf lists what was sent of a slip, newest first; for pages whose own reading has been checked.
func TextsOf(ctx context.Context, tx *postgres.Tx, organiser int32, slip int64) ([]Sent, error) {
	rows, err := db.New(tx).TextsOf(ctx, db.TextsOfParams{OrganiserID: organiser, SlipID: slip})
	if err != nil {
		return nil, fmt.Errorf("reading text messages of one-time voucher %d: %w", slip, err)
	}
	out := make([]Sent, len(rows))
	for i, r := range rows {
		out[i] = Sent{Phone: r.Phone, At: r.AskedAt, By: r.AskedBy, Outcome: r.Outcome}
	}
	return out, nil
}
