package sms_test

import (
	"testing"

	"seteli/core/fault"
	"seteli/integration/sms"
	"seteli/integration/sms/standin"
)

func TestAMessageIsTakenOnceHoweverOftenItIsSent(t *testing.T) {
	t.Parallel()
	server := standin.New("avain")
	defer server.Close()
	g, err := sms.New(server.URL, "avain", "Seteli")
	if err != nil {
		t.Fatal(err)
	}
	send := func(want string) {
		t.Helper()
		if err := g.Send(t.Context(), "text-1-1", "+358401234567", "Kertaseteli"); fault.CodeOf(err) != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	server.Answer(503, 429, 0, 202, 400, 302)
	send("SMS-001")
	send("SMS-001")
	send("SMS-001") // it was taken, and the answer was lost
	send("")
	send("SMS-003")
	send("SMS-001")
	if list, asked := server.Taken(); len(list) != 1 || asked < 6 || list[0].From != "Seteli" {
		t.Errorf("taken %v after %d asks", list, asked)
	}
	server.Key = "toinen"
	send("SMS-004")
	server.Close()
	send("SMS-001")
}

func TestWhatCannotBeSentIsRefusedBeforeItLeaves(t *testing.T) {
	t.Parallel()
	g, err := sms.New("https://gateway.example/send", "", "Seteli")
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"", "0401234567", "+3584012", "+35840123456x"} {
		if err := g.Send(t.Context(), "1", to, "x"); fault.CodeOf(err) != "SMS-002" {
			t.Errorf("%q: %v", to, err)
		}
	}
	for _, address := range []string{"", "http://gateway.example", "gateway", "ftp://x"} {
		if _, err := sms.New(address, "", "Seteli"); err == nil {
			t.Errorf("%q is taken as an address", address)
		}
	}
	if _, err := sms.New("https://gateway.example", "", "Palveluseteli"); err == nil {
		t.Error("a sender of 13 letters is taken")
	}
}
