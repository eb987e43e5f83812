package main

import (
	"crypto/rand"
	"log/slog"
	"strings"
	"testing"

	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/notice"
	"seteli/domain/onetime"
	"seteli/domain/voucher"
	"seteli/integration/sms/standin"
	"seteli/platform/access"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/scene"
)

// texted gives a slip to a client with a phone and asks for its text message.
func texted(t *testing.T, w *scene.World) onetime.Slip {
	t.Helper()
	c, s := w.Client(), w.House.Services["TILAPAINEN"]
	if _, err := postgrestest.Owner(t, w.DB).Exec(t.Context(), `update client set phone = '040 123 4567' where client_id = $1`, c.ID); err != nil {
		t.Fatal(err)
	}
	by := w.As(access.Caseworker)
	var list []onetime.Slip
	w.Must(w.Do(func(tx *postgres.Tx) (err error) {
		list, err = onetime.Give(t.Context(), tx, by, voucher.Means{Texts: w.Texts, Models: w.Models, Random: rand.Reader}, onetime.GiveInput{Client: c.ID, Channel: voucher.ByHand,
			Terms: onetime.Terms{Organiser: w.Organiser(), Service: s.ID, Content: s.Contents[0].ID, Quantity: money.Units(1), Period: w.Valid(), Count: 1,
				Contact: "Olga, 020 000 0000", Reasons: "Apua kerran.", Office: "palveluohjaaja"}})
		if err != nil {
			return err
		}
		_, err = onetime.SendText(t.Context(), tx, by, w.Texts, "https://seteli.example", w.Organiser(), list[0].ID)
		return err
	}))
	return list[0]
}

// sentAs is how the newest message of a slip stands.
func sentAs(t *testing.T, w *scene.World, s onetime.Slip) (out string) {
	t.Helper()
	w.Must(w.Do(func(tx *postgres.Tx) error {
		list, err := onetime.TextsOf(t.Context(), tx, w.Organiser(), s.ID)
		if len(list) > 0 {
			out = list[0].Outcome
		}
		return err
	}))
	return out
}

// The program's own wiring: what a caseworker asks for leaves through the gateway of the settings, once, under its own name.
func TestATextMessageLeavesThroughTheGatewayOfTheSettings(t *testing.T) {
	t.Parallel()
	w := scene.New(t, "2026-11-21")
	server := standin.New("avain")
	defer server.Close()
	a := &app{set: &Settings{SMSGateway: server.URL, SMSKey: "avain", SMSFrom: "Seteli"}, db: w.DB, texts: w.Texts, log: slog.New(slog.DiscardHandler)}
	texter, err := a.texter()
	if err != nil {
		t.Fatal(err)
	}
	desk := &notice.Desk{Store: w.DB, Texts: w.Texts, Texter: texter, Address: "https://seteli.example", Log: a.log}
	s := texted(t, w)
	handle := map[string]job.Handler{onetime.TopicText: desk.Handlers()[onetime.TopicText]}
	deliver := func(want string) {
		t.Helper()
		if _, err := job.DeliverOutbox(t.Context(), w.DB, []int32{w.Organiser()}, handle); fault.CodeOf(err) != want {
			t.Fatalf("got %v, want %q", err, want)
		}
	}
	server.Answer(503)
	deliver("SMS-001")
	if got := sentAs(t, w, s); got != "failed" {
		t.Errorf("the gateway is down: %q", got)
	}
	w.At(w.Today(), 23, 0) // its turn comes again
	deliver("")
	list, asked := server.Taken()
	if len(list) != 1 || asked != 2 || sentAs(t, w, s) != "sent" {
		t.Fatalf("taken %d after %d asks, %q", len(list), asked, sentAs(t, w, s))
	}
	if m := list[0]; m.To != "+358401234567" || m.From != "Seteli" || m.ID != "text-1-1" || !strings.Contains(m.Text, s.Number.Print()) {
		t.Errorf("%+v", m)
	}
}

func TestAMessageThatIsRefusedForGoodIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	w := scene.New(t, "2026-11-21")
	server := standin.New("avain")
	defer server.Close()
	a := &app{set: &Settings{SMSGateway: server.URL, SMSKey: "avain", SMSFrom: "Seteli"}, db: w.DB}
	texter, err := a.texter()
	if err != nil {
		t.Fatal(err)
	}
	desk := &notice.Desk{Store: w.DB, Texts: w.Texts, Texter: texter, Log: slog.New(slog.DiscardHandler)}
	s := texted(t, w)
	server.Answer(400)
	for range 2 {
		if _, err := job.DeliverOutbox(t.Context(), w.DB, []int32{w.Organiser()}, map[string]job.Handler{onetime.TopicText: desk.Handlers()[onetime.TopicText]}); err != nil {
			t.Fatal(err)
		}
		w.At(w.Today(), 23, 0)
	}
	if _, asked := server.Taken(); asked != 1 || sentAs(t, w, s) != "refused" {
		t.Errorf("asked %d times, %q", asked, sentAs(t, w, s))
	}
}

func TestWithoutAGatewayMessagesWaitAndAWrongOneStopsTheStart(t *testing.T) {
	t.Parallel()
	texter, err := (&app{set: &Settings{}}).texter()
	if texter != nil || err != nil {
		t.Errorf("no gateway: %v, %v", texter, err)
	}
	for _, set := range []Settings{{SMSGateway: "http://gateway.example", SMSFrom: "Seteli"}, {SMSGateway: "https://gateway.example"}, {SMSGateway: "https://gateway.example", SMSFrom: "Kunnan palvelu"}} {
		if _, err := (&app{set: &set}).texter(); err == nil {
			t.Errorf("%+v is taken", set)
		}
	}
	w := scene.New(t, "2026-11-21")
	desk := &notice.Desk{Store: w.DB, Texts: w.Texts, Log: slog.New(slog.DiscardHandler)}
	if err := desk.Handlers()[onetime.TopicText](t.Context(), postgres.Delivery{Organiser: w.Organiser()}); fault.CodeOf(err) != "NOT-002" {
		t.Errorf("a message without a gateway: %v", err)
	}
}
