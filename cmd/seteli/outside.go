package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"seteli/core/fault"
	"seteli/demo"
	"seteli/domain/notice"
	"seteli/integration/mail"
	"seteli/integration/oidc"
	"seteli/integration/oidc/standin"
	"seteli/integration/sms"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/web/account"
	"seteli/web/assets"
)

// identifier fits the OpenID Connect client to the sign-in pages.
type identifier struct{ *oidc.Client }

// Start begins a sign-in.
func (i identifier) Start(ctx context.Context, w account.Wish) (string, string, error) {
	return i.Client.Start(ctx, oidc.Wish{ReturnTo: w.ReturnTo, Language: w.Language, Fresh: w.Fresh})
}

// Finish ends it.
func (i identifier) Finish(ctx context.Context, sealed string, answer url.Values) (account.Identity, string, error) {
	id, path, err := i.Client.Finish(ctx, sealed, answer)
	return account.Identity{Issuer: id.Issuer, Subject: id.Subject, Name: id.Name, Email: id.Email, Hetu: id.Hetu, Level: string(id.Level)}, path, err
}

// idpPath is where the stand-in identity provider of a demo answers.
const idpPath = "/idp"

// identity gives the sign-in client: of the configured issuer, or of the stand-in in a demo. Without either nobody can sign in,
// and the start says so.
func (a *app) identity() (account.Identifier, http.Handler, error) {
	cfg := oidc.Config{Issuer: a.set.OIDCIssuer, ClientID: a.set.OIDCClient, ClientSecret: a.set.OIDCSecret,
		RedirectURL: strings.TrimRight(a.set.PublicURL, "/") + account.CallbackPath, Log: a.log, Clock: a.clock, Keys: a.keys,
		HTTP: &http.Client{Timeout: 30 * time.Second}}
	if !a.set.demo {
		if cfg.Issuer == "" {
			return nil, nil, errNoIssuer
		}
		client, err := oidc.New(cfg)
		return identifier{client}, nil, err
	}
	secret := make([]byte, 24)
	if _, err := rand.Read(secret); err != nil {
		return nil, nil, err
	}
	cfg.Issuer, cfg.ClientID, cfg.ClientSecret = a.demoIssuer(), "seteli-demo", hex.EncodeToString(secret)
	people, err := demo.People()
	if err != nil {
		return nil, nil, err
	}
	files, err := assets.Load()
	if err != nil {
		return nil, nil, err
	}
	idp, err := standin.New(standin.Config{Demo: a.set.demo, Issuer: cfg.Issuer, ClientID: cfg.ClientID, Secret: cfg.ClientSecret, Redirects: []string{cfg.RedirectURL},
		Stylesheet: files.Path("seteli.css"), Icon: files.Path("mark.svg"), Clock: a.clock,
		People: func(_ context.Context, search string, limit int) ([]standin.Person, error) {
			return a.found(people, search, limit), nil
		},
		Text: func(lang, key string, args map[string]any) string { return a.texts.Text(i18n.Lang(lang), key, args) }})
	if err != nil {
		return nil, nil, err
	}
	cfg.HTTP = idp.HTTP() // in the same process: no call to ourselves over the network
	client, err := oidc.New(cfg)
	return identifier{client}, idp.Handler(), err
}

var errNoIssuer = fault.New(fault.Unavailable, "CMD-001", "command.no_issuer")

func (a *app) demoIssuer() string { return strings.TrimRight(a.set.PublicURL, "/") + idpPath }

// found lists the demo's people whose name, office or role holds every word of the search.
func (a *app) found(people []demo.Member, search string, limit int) []standin.Person {
	words := strings.Fields(strings.ToLower(search))
	people = slices.Clone(people)
	slices.SortStableFunc(people, func(a, b demo.Member) int { // those who are printed at the start come first
		switch {
		case a.Shown == b.Shown:
			return 0
		case a.Shown:
			return -1
		}
		return 1
	})
	var out []standin.Person
	for _, m := range people {
		p := standin.Person{Subject: m.Subject, Name: m.Name, Hetu: m.Hetu, Group: m.Group.In(i18n.FI), Note: a.texts.Text(i18n.FI, "access.role."+string(m.Role), nil)}
		text := strings.ToLower(p.Name + " " + p.Group + " " + p.Note)
		if slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			continue
		}
		if out = append(out, p); limit > 0 && len(out) == limit {
			break
		}
	}
	return out
}

// mailer fits a mail sender to notices.
type mailer struct{ mail.Sender }

// Send hands one notice's e-mail on.
func (m mailer) Send(ctx context.Context, n notice.Mail) error {
	return m.Sender.Send(ctx, mail.Mail{To: n.To, Subject: n.Subject, Text: n.Text, Language: n.Language, MessageID: n.MessageID})
}

// post gives the mail sender: a server when one is set, the mailbox page in a demo, otherwise a refusal that leaves messages
// waiting in the outbox, where the health page counts them.
func (a *app) post() (notice.Mailer, error) {
	if a.set.demo {
		box, err := mail.NewMailbox(true, a.db)
		return mailer{box}, err
	}
	if a.set.SMTPHost == "" {
		return noMail{}, nil
	}
	sender, err := mail.NewSMTP(mail.Config{Host: a.set.SMTPHost, Port: a.set.SMTPPort, User: a.set.SMTPUser, Password: a.set.SMTPPassword,
		From: a.set.MailFrom, FromName: "Seteli", Clock: a.clock})
	return mailer{sender}, err
}

type noMail struct{}

var errNoMail = fault.New(fault.Unavailable, "CMD-002", "command.no_mail")

func (noMail) Send(context.Context, notice.Mail) error { return errNoMail }

// letters shows the demo's mailbox on its page.
type letters struct{ db *postgres.DB }

// Letters lists what a demo kept instead of sending.
func (l letters) Letters(ctx context.Context, to string, before int64, most int32) (out []account.Letter, err error) {
	err = l.db.ReadNational(ctx, func(tx *postgres.Tx) error {
		kept, err := mail.Messages(ctx, tx, to, before, most)
		for _, m := range kept {
			out = append(out, account.Letter{ID: m.MailID, To: m.Recipient, Subject: m.Subject, Text: m.Body, Language: m.Language, SentAt: m.SentAt})
		}
		return err
	})
	return out, err
}

// texter gives the sender of text messages: a gateway when one is set, the mailbox page in a demo, otherwise none, and messages wait.
func (a *app) texter() (notice.Texter, error) {
	if a.set.demo {
		return phone{a.db}, nil
	}
	if a.set.SMSGateway == "" {
		return nil, nil
	}
	g, err := sms.New(a.set.SMSGateway, a.set.SMSKey, a.set.SMSFrom)
	return gateway{g}, err
}

// gateway fits a gateway to notices.
type gateway struct{ *sms.Gateway }

// SendText sends one text message.
func (g gateway) SendText(ctx context.Context, t notice.Text) error {
	return g.Send(ctx, t.MessageID, t.To, t.Body)
}

// phone keeps the text messages of a demo among its letters.
type phone struct{ db *postgres.DB }

// SendText keeps one text message; the number stands as its receiver.
func (p phone) SendText(ctx context.Context, t notice.Text) error {
	return mail.KeepText(ctx, p.db, t.To, t.Body, t.Language, t.MessageID)
}
