package notice

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/domain/notice/db"
	"seteli/domain/onetime"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/job"
	"seteli/platform/postgres"
)

// Mail is one e-mail to one receiver. MessageID is the same at each try, so that a message sent twice shows once.
type Mail struct {
	To, Subject, Text, Language, MessageID string
}

// Mailer sends e-mail. An error of kind invalid or conflict will never succeed; others are tried again.
type Mailer interface {
	Send(ctx context.Context, m Mail) error
}

// Desk turns outbox messages into notices and sends them.
type Desk struct {
	Store   *postgres.DB
	Texts   *i18n.Catalogue
	Mailer  Mailer
	Texter  Texter // nil = text messages wait until there is one
	Address string // of the service, printed at the end of each e-mail: "https://seteli.example"
	Log     *slog.Logger
}

// ids is what the payloads of the topics hold, each some of it.
type ids struct {
	Application int64 `json:"application"`
	Approval    int64 `json:"approval"`
	Decision    int64 `json:"decision"`
	Event       int64 `json:"event"`
	Order       int64 `json:"order"`
	Price       int64 `json:"price"`
	Proposal    int64 `json:"proposal"`
	Provider    int64 `json:"provider"`
	Reservation int64 `json:"reservation"`
	Run         int64 `json:"run"`
	Step        int32 `json:"step"`
	Voucher     int64 `json:"voucher"`
	Check       int64 `json:"check"`
	Claim       int64 `json:"claim"`
	// Of reservations: why one ended, and from which day one rests. Of approvals: how they ended and from which day on.
	Why       string        `json:"why"`
	Approvals []int64       `json:"approvals"`
	Kind      string        `json:"kind"`
	From      calendar.Date `json:"from"`
	// Of hearings: how the question goes to the client, and the last day for the answer.
	Channel string        `json:"channel"`
	Due     calendar.Date `json:"due"`
}

// told is a message being turned into notices.
type told struct {
	*Desk
	tx   *postgres.Tx
	q    *db.Queries
	org  organiser.Organiser
	from postgres.Delivery
	ids
}

// Handlers gives the receiver of each topic, for job.DeliverOutbox.
func (d *Desk) Handlers() map[string]job.Handler {
	write := func(tell func(context.Context, *told) error) job.Handler {
		return func(ctx context.Context, m postgres.Delivery) error { return d.write(ctx, m, tell) }
	}
	return map[string]job.Handler{
		"decision.made":          write(decisionMade),
		"daycare.applied":        write(placeApplied),
		"daycare.lapsed":         write(placeLapsed),
		"daycare.offered":        write(placeOffered),
		"daycare.proposed":       write(placeProposed),
		"hearing.asked":          write(hearingAsked),
		"hearing.replied":        write(hearingReplied),
		"event.refunded":         write(eventChecked),
		"event.reviewed":         write(eventChecked),
		"statement.claimed":      write(statementClaimed),
		"statement.ready":        write(statementReady),
		"order.made":             write(orderMade),
		"order.answered":         write(orderAnswered),
		"order.ended":            write(orderEnded),
		"approval.ended":         write(approvalEnded),
		"approval.expiring":      write(approvalExpiring),
		"approval.check_due":     write(checkDue),
		"voucher.lapsed":         write(voucherLapsed),
		"approval.suspended":     write(approvalSuspended),
		"approval.resumed":       write(approvalResumed),
		"application.sent":       write(applicationSent),
		"application.completion": write(applicationCompletion),
		"price.decided":          write(priceDecided),
		"reservation.made":       write(reservationMade),
		"reservation.ended":      write(reservationEnded),
		"reservation.suspended":  write(reservationSuspended),
		TopicMail:                d.send,
		onetime.TopicText:        d.text,
	}
}

func (d *Desk) write(ctx context.Context, m postgres.Delivery, tell func(context.Context, *told) error) error {
	return d.Store.Tenant(ctx, access.System("notice", m.Organiser), func(tx *postgres.Tx) error {
		t := &told{Desk: d, tx: tx, q: db.New(tx), from: m}
		if err := json.Unmarshal(m.Payload, &t.ids); err != nil {
			return fmt.Errorf("reading message %s: %w", m.Dedup, err)
		}
		var err error
		if t.org, err = organiser.Get(ctx, tx, m.Organiser); err != nil {
			return err
		}
		return tell(ctx, t)
	})
}

// receiver is who is told.
type receiver struct {
	provider, person int64
	email            string
	language         string
	also             []i18n.Lang // the same in further languages, below the first
}

// organiserStaff receive at the service's own address, or the organiser's, in the languages that the organiser has chosen: the
// receiver is an office, and who reads there is not known.
func (t *told) organiserStaff(notice string) receiver {
	if notice == "" {
		notice = t.org.Email
	}
	to := receiver{email: notice, language: string(t.org.Language())}
	if len(t.org.NoticeLanguages) > 1 {
		to.also = t.org.NoticeLanguages[1:]
	}
	return to
}

// tell writes one notice; key names its texts notice.<key>.subject and .body. about sets apart several notices of one message and kind.
func (t *told) tell(ctx context.Context, to receiver, key string, args map[string]any, about ...int64) error {
	lang, ok := i18n.ParseLang(to.language)
	if !ok {
		lang = i18n.FI
	}
	subject, body := t.words(lang, key, args)
	for _, more := range to.also {
		s, b := t.words(more, key, args)
		subject, body = subject+" / "+s, body+"\n\n"+b
	}
	dedup := fmt.Sprintf("%s/%s/%s", t.from.Topic, t.from.Dedup, key)
	for _, id := range about {
		dedup += fmt.Sprintf("/%d", id)
	}
	return Tell(ctx, t.tx, Notice{Organiser: t.org.ID, Kind: key, Dedup: dedup, Provider: to.provider, Person: to.person, Email: to.email,
		Language: lang, Subject: subject, Body: body})
}

// words are subject and body in one language; names among the arguments are those of the language.
func (t *told) words(lang i18n.Lang, key string, args map[string]any) (subject, body string) {
	filled := map[string]any{"organiser": t.org.Names.In(lang)}
	for k, v := range args {
		if names, named := v.(i18n.Names); named {
			v = names.In(lang)
		}
		filled[k] = v
	}
	return t.Texts.Text(lang, "notice."+key+".subject", filled), t.Texts.Text(lang, "notice."+key+".body", filled)
}

// send delivers one e-mail. What the server will never take is noted on the notice and not tried again.
func (d *Desk) send(ctx context.Context, m postgres.Delivery) error {
	var posted Posted
	if err := json.Unmarshal(m.Payload, &posted); err != nil {
		return fmt.Errorf("reading message %s: %w", m.Dedup, err)
	}
	by := access.System("notice", m.Organiser)
	var n db.NoticeGetRow
	err := d.Store.Read(ctx, by, func(tx *postgres.Tx) (err error) {
		n, err = db.New(tx).NoticeGet(ctx, db.NoticeGetParams{OrganiserID: m.Organiser, NoticeID: posted.Notice})
		return err
	})
	if err != nil {
		return fmt.Errorf("reading notice %d: %w", posted.Notice, err)
	}
	lang := i18n.Lang(n.Language)
	sendErr := d.Mailer.Send(ctx, Mail{To: n.Email, Subject: n.Subject, Language: n.Language,
		Text:      n.Body + "\n\n" + d.Texts.Text(lang, "notice.footer", map[string]any{"address": d.Address + "/" + n.Language + "/"}) + "\n",
		MessageID: fmt.Sprintf("notice-%d-%d", m.Organiser, posted.Notice)})
	row := db.DeliveryAddParams{OrganiserID: m.Organiser, NoticeID: posted.Notice, Attempt: int32(m.Attempt), Outcome: "sent"}
	if sendErr != nil {
		row.Outcome, row.Detail = "failed", fault.CodeOf(sendErr)
	}
	err = d.Store.Tenant(ctx, by, func(tx *postgres.Tx) error {
		row.At = tx.Now()
		return db.New(tx).DeliveryAdd(ctx, row)
	})
	if err != nil {
		return fmt.Errorf("noting the delivery of notice %d: %w", posted.Notice, err)
	}
	if k := fault.KindOf(sendErr); sendErr != nil && (k == fault.Invalid || k == fault.Conflict) {
		d.Log.WarnContext(ctx, "notice cannot be sent", "organiser", m.Organiser, "notice", posted.Notice, "code", fault.CodeOf(sendErr))
		return nil
	}
	return sendErr
}
