package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/notice"
	"seteli/domain/onetime"
	"seteli/domain/voucher"
	"seteli/domain/voucher/vouchertest"
	"seteli/integration/sms/standin"
	"seteli/platform/job"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// texted gives a slip to a client with a phone and asks for its text message.
func texted(t *testing.T, w *vouchertest.World) onetime.Slip {
	t.Helper()
	w.Exec(`update client set phone = '040 123 4567' where client_id = $1`, w.Aino.ID)
	in := w.Input(1)
	var list []onetime.Slip
	w.Do(w.Staff, func(tx *postgres.Tx) (err error) {
		list, err = onetime.Give(t.Context(), tx, w.Staff, w.Means, onetime.GiveInput{Client: w.Aino.ID, Channel: voucher.ByHand,
			Terms: onetime.Terms{Organiser: vouchertest.Organiser, Service: vouchertest.Service, Content: in.Lines[0].Content, Quantity: money.Units(1), Period: in.Period, Count: 1,
				Contact: in.Contact, Reasons: in.Reasons, Office: in.Office}})
		if err != nil {
			return err
		}
		_, err = onetime.SendText(t.Context(), tx, w.Staff, w.Means.Texts, "https://seteli.example", vouchertest.Organiser, list[0].ID)
		return err
	})
	return list[0]
}

// sentAs is how the newest message of a slip stands.
func sentAs(t *testing.T, w *vouchertest.World, s onetime.Slip) (out string) {
	t.Helper()
	w.Do(w.Staff, func(tx *postgres.Tx) error {
		list, err := onetime.TextsOf(t.Context(), tx, vouchertest.Organiser, s.ID)
		if len(list) > 0 {
			out = list[0].Outcome
		}
		return err
	})
	return out
}

// The program's own wiring: what a caseworker asks for leaves through the gateway of the settings, once, under its own name.
func TestATextMessageLeavesThroughTheGatewayOfTheSettings(t *testing.T) {
	t.Parallel()
	clock := calendar.Noon(vouchertest.Today)
	w := vouchertest.New(t, postgrestest.Clock(clock))
	server := standin.New("avain")
	defer server.Close()
	a := &app{set: &Settings{SMSGateway: server.URL, SMSKey: "avain", SMSFrom: "Seteli"}, db: w.DB, texts: w.Means.Texts, log: slog.New(slog.DiscardHandler)}
	texter, err := a.texter()
	if err != nil {
		t.Fatal(err)
	}
	desk := &notice.Desk{Store: w.DB, Texts: w.Means.Texts, Texter: texter, Address: "https://seteli.example", Log: a.log}
	s := texted(t, w)
	handle := map[string]job.Handler{onetime.TopicText: desk.Handlers()[onetime.TopicText]}
	deliver := func(want string) {
		t.Helper()
		if _, err := job.DeliverOutbox(t.Context(), w.DB, []int32{vouchertest.Organiser}, handle); fault.CodeOf(err) != want {
			t.Fatalf("got %v, want %q", err, want)
		}
	}
	server.Answer(503)
	deliver("SMS-001")
	if got := sentAs(t, w, s); got != "failed" {
		t.Errorf("the gateway is down: %q", got)
	}
	clock.Set(clock.Now().Add(11 * time.Hour)) // its turn comes again
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
	clock := calendar.Noon(vouchertest.Today)
	w := vouchertest.New(t, postgrestest.Clock(clock))
	server := standin.New("avain")
	defer server.Close()
	a := &app{set: &Settings{SMSGateway: server.URL, SMSKey: "avain", SMSFrom: "Seteli"}, db: w.DB}
	texter, err := a.texter()
	if err != nil {
		t.Fatal(err)
	}
	desk := &notice.Desk{Store: w.DB, Texts: w.Means.Texts, Texter: texter, Log: slog.New(slog.DiscardHandler)}
	s := texted(t, w)
	server.Answer(400)
	for range 2 {
		if _, err := job.DeliverOutbox(t.Context(), w.DB, []int32{vouchertest.Organiser}, map[string]job.Handler{onetime.TopicText: desk.Handlers()[onetime.TopicText]}); err != nil {
			t.Fatal(err)
		}
		clock.Set(clock.Now().Add(11 * time.Hour))
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
	w := vouchertest.New(t)
	desk := &notice.Desk{Store: w.DB, Texts: w.Means.Texts, Log: slog.New(slog.DiscardHandler)}
	if err := desk.Handlers()[onetime.TopicText](t.Context(), postgres.Delivery{Organiser: vouchertest.Organiser}); fault.CodeOf(err) != "NOT-002" {
		t.Errorf("a message without a gateway: %v", err)
	}
}
