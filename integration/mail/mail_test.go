package mail_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/integration/mail"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

var letter = mail.Mail{To: "aino@example.test", Subject: "Päätös on valmis", Text: "Kirjaudu palveluun.\n", Language: "fi", MessageID: "notice-17-204"}

// server speaks as much SMTP as one message needs; answer is what it says to the message.
func server(t *testing.T, answer string) (port int, got <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	lines := make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprint(conn, "220 stand-in\r\n")
		in, body, data := bufio.NewScanner(conn), strings.Builder{}, false
		for in.Scan() {
			switch line := in.Text(); {
			case data && line == ".":
				data = false
				fmt.Fprint(conn, answer+"\r\n")
				lines <- body.String()
			case data:
				body.WriteString(line + "\n")
			case line == "DATA":
				data = true
				fmt.Fprint(conn, "354 go on\r\n")
			case line == "QUIT":
				fmt.Fprint(conn, "221 bye\r\n")
				return
			default:
				fmt.Fprint(conn, "250 ok\r\n")
			}
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, lines
}

func sender(t *testing.T, port int) *mail.SMTP {
	t.Helper()
	s, err := mail.NewSMTP(mail.Config{
		Host: "127.0.0.1", Port: port, From: "seteli@example.test", FromName: "Seteli", Plain: true, Clock: calendar.Noon(calendar.Day(2026, 11, 21)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestMessageReachesTheServer(t *testing.T) {
	t.Parallel()
	port, got := server(t, "250 taken")
	if err := sender(t, port).Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	text := <-got
	for _, want := range []string{"Message-ID: <notice-17-204@example.test>", "To: <aino@example.test>", "Content-Language: fi", "Auto-Submitted: auto-generated", "Kirjaudu palveluun.", "Date: Sat, 21 Nov 2026"} {
		if !strings.Contains(text, want) {
			t.Errorf("message lacks %q:\n%s", want, text)
		}
	}
}

func TestFailuresTellWhetherToTryAgain(t *testing.T) {
	t.Parallel()
	for answer, code := range map[string]string{"451 busy": "MAIL-001", "550 no such user": "MAIL-004"} {
		port, _ := server(t, answer)
		if err := sender(t, port).Send(t.Context(), letter); fault.CodeOf(err) != code {
			t.Errorf("%s: %v, want %s", answer, err, code)
		}
	}
	if err := sender(t, 1).Send(t.Context(), letter); fault.CodeOf(err) != "MAIL-001" {
		t.Errorf("nobody listens: %v", err)
	}
}

func TestInjectionAndBadAddressesAreRefused(t *testing.T) {
	t.Parallel()
	with := func(change func(*mail.Mail)) mail.Mail { m := letter; change(&m); return m }
	for name, c := range map[string]struct {
		m    mail.Mail
		code string
	}{
		"subject":   {with(func(m *mail.Mail) { m.Subject = "a\r\nBcc: all@example.test" }), "MAIL-003"},
		"id":        {with(func(m *mail.Mail) { m.MessageID = "a\nb" }), "MAIL-003"},
		"empty":     {with(func(m *mail.Mail) { m.Text = "" }), "MAIL-003"},
		"to":        {with(func(m *mail.Mail) { m.To = "a@example.test\r\nBcc: b@example.test" }), "MAIL-003"},
		"two":       {with(func(m *mail.Mail) { m.To = "a@example.test, b@example.test" }), "MAIL-002"},
		"with name": {with(func(m *mail.Mail) { m.To = "A <a@example.test>" }), "MAIL-002"},
		"none":      {with(func(m *mail.Mail) { m.To = "" }), "MAIL-002"},
	} {
		if err := sender(t, 1).Send(t.Context(), c.m); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestDemoMailboxKeepsEachMessageOnceAndOnlyInADemo(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	if _, err := mail.NewMailbox(false, db); fault.CodeOf(err) != "MAIL-010" {
		t.Errorf("made outside a demo: %v", err)
	}
	box, err := mail.NewMailbox(true, db)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := box.Send(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
	}
	err = db.ReadNational(t.Context(), func(tx *postgres.Tx) error {
		for recipient, want := range map[string]int{"": 1, letter.To: 1, "other@example.test": 0} {
			kept, err := mail.Messages(t.Context(), tx, recipient, 0, 10)
			if err != nil || len(kept) != want {
				t.Errorf("%q has %d messages, %v", recipient, len(kept), err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
