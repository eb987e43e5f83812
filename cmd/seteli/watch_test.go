package main

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// upload gives the provider a file of events and the organiser a key of a program, so that their pages have something to show.
func (w *whole) upload() {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("file", "tapahtumat.csv")
	if err != nil {
		w.Fatal(err)
	}
	s := as(w.own, access.ProviderMainUser)
	template := w.ask(s, http.MethodGet, "/fi/import-template/csv")
	if template.status != http.StatusOK {
		w.Fatalf("template: %d", template.status)
	}
	if _, err := part.Write([]byte(template.body)); err != nil {
		w.Fatal(err)
	}
	if err := m.Close(); err != nil {
		w.Fatal(err)
	}
	req := httptest.NewRequestWithContext(w.Context(), http.MethodPost, "http://localhost:8080/fi/import", &body)
	req.Header.Set("Content-Type", m.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.AddCookie(s.cookie)
	rec := httptest.NewRecorder()
	w.faces.handler.ServeHTTP(rec, req)
	_, id, ok := strings.Cut(rec.Header().Get("Location"), "/import/")
	if rec.Code != http.StatusSeeOther || !ok {
		w.Fatalf("upload: %d %s\n%.800s", rec.Code, rec.Header().Get("Location"), rec.Body.String())
	}
	w.ids["file"] = id
	main := as(w.own, access.MainUser)
	today := calendar.Today(w.clock)
	err = w.app.db.National(w.Context(), func(tx *postgres.Tx) error {
		by := access.Actor{Account: main.account, Name: "Pääkäyttäjä", Role: access.MainUser, Organiser: ownOrganiser}
		key, _, err := access.MakeKey(w.Context(), tx, by, access.Key{Organiser: ownOrganiser, Name: "Maksatus", Scopes: []access.Right{access.SettlementRead},
			Valid: calendar.Period{From: today, To: today + 30}})
		w.ids["key"] = strconv.FormatInt(key.ID, 10)
		return err
	})
	if err != nil {
		w.Fatal(err)
	}
}

// clients are the names of everybody whom the own organiser serves, as pages write them.
func (w *whole) clients() (names []string) {
	rows, err := w.owner.Query(w.Context(), `select last_name || ' ' || first_names from client where organiser_id = 1 union select first_names || ' ' || last_name from client where organiser_id = 1`)
	if err != nil {
		w.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			w.Fatal(err)
		}
		names = append(names, n)
	}
	if err := rows.Err(); err != nil || len(names) < 100 {
		w.Fatalf("%d names, %v", len(names), err)
	}
	return names
}

// not leaves out a person's own name, which stands in the frame of each of their pages.
func (w *whole) not(s seat, names []string) []string {
	if s.person == 0 {
		return names
	}
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == w.ids["name"] || n == w.ids["eman"] })
}

func shown(body string, names []string) string {
	for _, n := range names {
		if strings.Contains(body, n) {
			return n
		}
	}
	return ""
}

// watched is S10: an answer that holds a client's name or number has its row in the access log, and when the row cannot be written
// there is no answer. Every GET route is asked, not only those that say that they show clients; everybody is under a safety ban meanwhile.
func (w *whole) watched() {
	type look struct {
		key, path string
		seat      seat
		name      string
	}
	names := append(w.clients(), w.voucherNumber())
	defer w.banned()()
	var looks []look
	for _, route := range w.faces.site.Routes() {
		if route.Method != http.MethodGet || route.Open {
			continue
		}
		for _, s := range w.own {
			if route.Right != "" && !access.RoleMay(s.role, route.Right) {
				continue
			}
			path := w.address(route.Path, route.Plain, false)
			r := w.ask(s, http.MethodGet, path)
			if r.status != http.StatusOK {
				continue
			}
			w.keepsAddresses(route.Key(), s, r.body)
			logged := w.number(`select count(*) from access_log where request_id = $1`, r.request)
			name := shown(r.body, w.not(s, names))
			if name == "" && (logged == 0 || !route.ClientData) {
				continue
			}
			looks = append(looks, look{route.Key(), path, s, name})
			if !route.ClientData {
				w.Errorf("%s shows %q to the %s and does not say that it shows clients", route.Key(), name, s.role)
			}
			if logged == 0 {
				w.Errorf("%s shows %q to the %s without a row in the access log", route.Key(), name, s.role)
			}
		}
	}
	if len(looks) < 40 {
		w.Errorf("only %d answers showed clients", len(looks))
	}
	w.exec(`revoke insert on access_log from seteli_app`)
	defer w.exec(`grant insert on access_log to seteli_app`)
	for _, l := range looks {
		r := w.ask(l.seat, http.MethodGet, l.path)
		if r.status < 500 || shown(r.body, w.not(l.seat, names)) != "" {
			w.Errorf("%s for the %s without a log: %d", l.key, l.seat.role, r.status)
		}
	}
}

func (w *whole) voucherNumber() string {
	var n string
	if err := w.owner.QueryRow(w.Context(), `select number from voucher where organiser_id = 1 and voucher_id = `+w.ids["voucher"]).Scan(&n); err != nil {
		w.Fatal(err)
	}
	return n[:3] + "-" + n[3:7] + "-" + n[7:]
}

// ended is S6 and the end of S7: whoever is disabled, has no mandate any more, has been away too long or has signed out is refused at
// the next request, at most a second later.
func (w *whole) ended() {
	for name, c := range map[string]struct {
		do   func(s seat)
		wait time.Duration
		want string
	}{
		"disabled account":  {func(s seat) { w.exec(`update account set active = false where account_id = $1`, s.account) }, time.Second, "sign-in"},
		"ended mandate":     {func(s seat) { w.exec(`update mandate set active = false where mandate_id = $1`, s.mandate) }, time.Second, "403"},
		"expired mandate":   {func(s seat) { w.exec(`update mandate set valid_to = '2026-11-21' where mandate_id = $1`, s.mandate) }, time.Second, "403"},
		"an hour away":      {func(seat) {}, time.Hour + time.Minute, "sign-in"},
		"signed out":        {func(s seat) { w.ask(s, http.MethodPost, "/fi/sign-out") }, 0, "sign-in"},
		"everything's fine": {func(seat) {}, time.Second, "200"},
	} {
		s := w.seat(access.Caseworker, ownOrganiser, 0, w.number(`select count(*) from account`))
		if r := w.ask(s, http.MethodGet, "/fi/work"); r.status != http.StatusOK {
			w.Fatalf("%s: %d at the start", name, r.status)
		}
		c.do(s)
		w.clock.Set(w.clock.Now().Add(c.wait))
		if got := outcome(w.ask(s, http.MethodGet, "/fi/work")); got != c.want {
			w.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	for _, foreign := range []string{"", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"} {
		s := seat{cookie: &http.Cookie{Name: w.faces.sessions.CookieName(), Value: foreign}}
		if got := outcome(w.ask(s, http.MethodGet, "/fi/work")); got != "sign-in" {
			w.Errorf("a cookie of %q: %s", foreign, got)
		}
	}
	cookie := w.seat(access.Caseworker, ownOrganiser, 0, -1).cookie
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" || len(cookie.Value) < 43 {
		w.Errorf("the cookie is %+v", cookie)
	}
}
