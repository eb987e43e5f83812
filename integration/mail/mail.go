package mail

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"seteli/core/calendar"
	"seteli/core/fault"
)

// Refusals of sending.
var (
	ErrDown    = fault.New(fault.Unavailable, "MAIL-001", "mail.down") // the server does not take it now; try again
	ErrAddress = fault.New(fault.Invalid, "MAIL-002", "mail.address")  // not an address
	ErrContent = fault.New(fault.Invalid, "MAIL-003", "mail.content")  // line breaks in a header, or nothing to say
	ErrRefused = fault.New(fault.Invalid, "MAIL-004", "mail.refused")  // the server will never take it
)

// Mail is one message to one receiver.
type Mail struct {
	To        string // one address
	Subject   string
	Text      string
	Language  string // fi, sv or en
	MessageID string // stable over repeats ("notice-17-204"), so that a message sent twice shows once
}

// Sender takes one message. An error of kind unavailable may be tried again, others not.
type Sender interface {
	Send(ctx context.Context, m Mail) error
}

// check refuses what could smuggle headers or reach nobody.
func (m Mail) check() error {
	if strings.ContainsAny(m.Subject+m.MessageID+m.To, "\r\n\x00") || m.Subject == "" || m.Text == "" || m.MessageID == "" {
		return ErrContent
	}
	a, err := mail.ParseAddress(m.To)
	if err != nil || a.Address != m.To {
		return ErrAddress
	}
	return nil
}

// Config of the SMTP server.
type Config struct {
	Host     string
	Port     int // 587 = STARTTLS required, 465 = TLS from the start
	User     string
	Password string
	From     string // the service's address
	FromName string
	Plain    bool // no TLS; only for a relay on the same machine
	Clock    calendar.Clock
}

// SMTP sends through a mail server, one connection per message.
type SMTP struct{ cfg Config }

// NewSMTP checks the settings; it does not connect.
func NewSMTP(cfg Config) (*SMTP, error) {
	if cfg.Host == "" || cfg.Port == 0 || cfg.Clock == nil {
		return nil, errors.New("mail server: host, port and clock are needed")
	}
	if a, err := mail.ParseAddress(cfg.From); err != nil || a.Address != cfg.From {
		return nil, fmt.Errorf("mail server: sender %q is not an address", cfg.From)
	}
	return &SMTP{cfg}, nil
}

// Send delivers the message to the server.
func (s *SMTP) Send(ctx context.Context, m Mail) error {
	if err := m.check(); err != nil {
		return err
	}
	msg, err := s.message(m)
	if err != nil {
		return err
	}
	client, err := gomail.NewClient(s.cfg.Host, s.options()...)
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil {
		return nil
	}
	var refused *gomail.SendError
	if errors.As(err, &refused) && !refused.IsTemp() && refused.ErrorCode() >= 500 {
		return ErrRefused.Because(err)
	}
	return ErrDown.Because(err)
}

func (s *SMTP) options() []gomail.Option {
	options := []gomail.Option{gomail.WithPort(s.cfg.Port), gomail.WithTimeout(20 * time.Second)}
	switch {
	case s.cfg.Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	case s.cfg.Port == 465:
		options = append(options, gomail.WithSSL())
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.cfg.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.cfg.User), gomail.WithPassword(s.cfg.Password))
	}
	return options
}

func (s *SMTP) message(m Mail) (*gomail.Msg, error) {
	msg := gomail.NewMsg()
	if err := msg.FromFormat(s.cfg.FromName, s.cfg.From); err != nil {
		return nil, fmt.Errorf("mail sender: %w", err)
	}
	if err := msg.To(m.To); err != nil {
		return nil, ErrAddress.Because(err)
	}
	_, domain, _ := strings.Cut(s.cfg.From, "@")
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.MessageID + "@" + domain)
	msg.SetDateWithValue(s.cfg.Clock.Now())
	msg.SetGenHeader(gomail.HeaderContentLang, m.Language)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // no holiday replies
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	return msg, nil
}
