package main

import (
	"strings"

	"seteli/platform/access"
)

// What nobody else in the demo has: an address, a telephone and a mail address under a safety ban.
const (
	bannedAddress = "Piilopirtinkuja 13"
	bannedPhone   = "040 913 13 13"
	bannedMail    = "piilopirtti@posti.example"
)

// banned puts everybody whom the own organiser serves under a safety ban, with the same address and contacts; what it gives lifts the ban.
func (w *whole) banned() (lift func()) {
	before := w.number(`select count(*) from client where organiser_id = 1 and protected`)
	w.exec(`create table unbanned as select client_id from client where organiser_id = 1 and not protected`)
	w.exec(`update client set protected = true, address_line = $1, city = $1, phone = $2, email = $3 where organiser_id = 1`, bannedAddress, bannedPhone, bannedMail)
	return func() {
		w.exec(`update client set protected = false where organiser_id = 1 and client_id in (select client_id from unbanned)`)
		w.exec(`drop table unbanned`)
		if n := w.number(`select count(*) from client where organiser_id = 1 and protected`); n != before {
			w.Errorf("%d clients are under a ban, not %d", n, before)
		}
	}
}

// keepsAddresses: no answer holds an address under a safety ban, but the form in which staff write it; and contacts are for those who
// serve the client at the municipality.
func (w *whole) keepsAddresses(key string, s seat, body string) {
	if key != "GET /clients/{client}/edit" && strings.Contains(body, bannedAddress) {
		w.Errorf("%s shows the %s an address under a safety ban", key, s.role)
	}
	if s.role.Side() == access.OrganiserSide {
		return
	}
	for _, contact := range []string{bannedPhone, bannedMail} {
		if strings.Contains(body, contact) {
			w.Errorf("%s shows the %s the contact %s of somebody under a safety ban", key, s.role, contact)
		}
	}
}
