package standin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"seteli/core/calendar"
)

// Config of the stand-in.
type Config struct {
	User, Password string
	Producer       func(unit string) string   // producer's OID of a unit's OID, "" when there is none
	Agreed         func(producer string) bool // the agreement is recorded on both sides
	MaxFee         int                        // cents of the greatest fee (MA020)
	Today          func() calendar.Date
	File           string // where it keeps what it holds from one start to the next; "" = nowhere
}

// Server is the stand-in. Safe for concurrent use.
type Server struct {
	cfg Config

	mu       sync.Mutex
	down     bool
	throttle int // so many requests are asked to come again after the wait
	wait     time.Duration
	lose     int // of so many requests the work is done and the answer lost
	requests int
	token    int
	next     int
	unknown  map[string]bool // identity codes of people who are nobody's guardians
	kept     map[string]map[int]*item
}

// item is an object as it was sent.
type item struct {
	id     int
	fields map[string]any
}

// New makes a warehouse, empty or with what its file holds.
func New(cfg Config) (*Server, error) {
	s := &Server{cfg: cfg, unknown: map[string]bool{}, kept: map[string]map[int]*item{"henkilot": {}, "lapset": {}, "varhaiskasvatuspaatokset": {}, "varhaiskasvatussuhteet": {}, "maksutiedot": {}}}
	return s, s.load()
}

// stored is the file.
type stored struct {
	Next int                               `json:"next"`
	Kept map[string]map[int]map[string]any `json:"kept"`
}

func (s *Server) load() error {
	if s.cfg.File == "" {
		return nil
	}
	raw, err := os.ReadFile(s.cfg.File)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the stand-in of the warehouse: %w", err)
	}
	var f stored
	if err := json.Unmarshal(raw, &f); err != nil {
		return fmt.Errorf("the stand-in of the warehouse: %s: %w", s.cfg.File, err)
	}
	s.next = f.Next
	for kind, list := range f.Kept {
		for id, fields := range list {
			s.kept[kind][id] = &item{id, fields}
		}
	}
	return nil
}

func (s *Server) save() error {
	if s.cfg.File == "" {
		return nil
	}
	f := stored{s.next, map[string]map[int]map[string]any{}}
	for kind, list := range s.kept {
		f.Kept[kind] = map[int]map[string]any{}
		for id, it := range list {
			f.Kept[kind][id] = it.fields
		}
	}
	raw, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return os.WriteFile(s.cfg.File, raw, 0o600)
}

// HTTP gives a client that reaches the stand-in without a network.
func (s *Server) HTTP() *http.Client {
	return &http.Client{Transport: inside{s}}
}

type inside struct{ s *Server }

// RoundTrip answers a request in the process. A panic that breaks a connection is a connection that broke.
func (t inside) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	w := httptest.NewRecorder()
	defer func() {
		if recover() != nil {
			resp, err = nil, io.ErrUnexpectedEOF
		}
	}()
	t.s.ServeHTTP(w, r)
	resp = w.Result()
	resp.Request = r
	return resp, nil
}

// Down takes the warehouse out of service, or puts it back.
func (s *Server) Down(down bool) { s.mu.Lock(); defer s.mu.Unlock(); s.down = down }

// Throttle asks the senders of the next n requests to come again after a wait.
func (s *Server) Throttle(n int, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.throttle, s.wait = n, wait
}

// Lose does the work of the next n objects and breaks the connection instead of answering.
func (s *Server) Lose(n int) { s.mu.Lock(); defer s.mu.Unlock(); s.lose = n }

// Unknown lets the population register not know a person as a guardian.
func (s *Server) Unknown(identity string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unknown[identity] = true
}

// Lack takes away every object of a path, as somebody might by hand.
func (s *Server) Lack(path string) { s.mu.Lock(); defer s.mu.Unlock(); clear(s.kept[path]) }

// Expire makes every token that was given worthless.
func (s *Server) Expire() { s.mu.Lock(); defer s.mu.Unlock(); s.token++ }

// Requests is how many have come.
func (s *Server) Requests() int { s.mu.Lock(); defer s.mu.Unlock(); return s.requests }

// Holds gives the objects of a path ("lapset") by key, persons by number.
func (s *Server) Holds(path string) map[string]map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]map[string]any{}
	for id, it := range s.kept[path] {
		k, ok := it.fields["tunniste"].(string)
		if !ok {
			k = strconv.Itoa(id)
		}
		out[k] = it.fields
	}
	return out
}

// ServeHTTP answers under …/api/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	switch {
	case s.down:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case s.throttle > 0:
		s.throttle--
		w.Header().Set("Retry-After", strconv.Itoa(int(s.wait.Seconds())))
		answer(w, http.StatusTooManyRequests, no("errors", "DY008"))
		return
	}
	_, path, ok := strings.Cut(r.URL.Path, "/api/")
	if !ok {
		http.NotFound(w, r)
		return
	}
	if path == "user/apikey/" {
		s.sign(w, r)
		return
	}
	if r.Header.Get("Authorization") != "Token "+s.current() {
		answer(w, http.StatusUnauthorized, no("errors", "PE007"))
		return
	}
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) < 2 || parts[0] != "v1" || s.kept[parts[1]] == nil {
		http.NotFound(w, r)
		return
	}
	s.serve(w, r, parts[1], parts[2:])
}

func (s *Server) current() string { return fmt.Sprintf("stand-in-%d", s.token) }

func (s *Server) sign(w http.ResponseWriter, r *http.Request) {
	if user, password, ok := r.BasicAuth(); !ok || user != s.cfg.User || password != s.cfg.Password {
		answer(w, http.StatusForbidden, no("errors", "PE007"))
		return
	}
	answer(w, http.StatusOK, map[string]any{"token": s.current()})
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, kind string, rest []string) {
	if len(rest) == 0 {
		switch r.Method {
		case http.MethodGet:
			s.list(w, r, kind)
		case http.MethodPost:
			s.create(w, r, kind)
		default:
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
		return
	}
	id, err := strconv.Atoi(rest[0])
	it := s.kept[kind][id]
	if err != nil || it == nil {
		answer(w, http.StatusNotFound, no("errors", "MI015"))
		return
	}
	switch r.Method {
	case http.MethodPatch:
		s.change(w, r, kind, it)
	case http.MethodDelete:
		if code := s.inUse(kind, it); code != "" {
			answer(w, http.StatusBadRequest, no("errors", code))
			return
		}
		delete(s.kept[kind], id)
		s.done(w, http.StatusNoContent, nil)
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

// list gives objects by their key, one to a page so that senders follow pages.
func (s *Server) list(w http.ResponseWriter, r *http.Request, kind string) {
	q := r.URL.Query()
	var found []map[string]any
	for id := 1; id <= s.next; id++ {
		if it := s.kept[kind][id]; it != nil && (q.Get("tunniste") == "" || it.fields["tunniste"] == q.Get("tunniste")) {
			found = append(found, s.shown(r, kind, it))
		}
	}
	page, _ := strconv.Atoi(q.Get("page"))
	out := map[string]any{"count": len(found), "next": nil, "previous": nil, "results": []any{}}
	if page < len(found) {
		out["results"] = found[page : page+1]
	}
	if page+1 < len(found) {
		q.Set("page", strconv.Itoa(page+1))
		out["next"] = address(r) + "v1/" + kind + "/?" + q.Encode()
	}
	answer(w, http.StatusOK, out)
}

func address(r *http.Request) string {
	before, _, _ := strings.Cut(r.URL.Path, "/api/")
	return "http://" + r.Host + before + "/api/"
}

func (s *Server) shown(r *http.Request, kind string, it *item) map[string]any {
	out := map[string]any{"url": fmt.Sprintf("%sv1/%s/%d/", address(r), kind, it.id), "id": it.id}
	for k, v := range it.fields {
		if k != "henkilotunnus" && k != "huoltajat" {
			out[k] = v
		}
	}
	return out
}

func (s *Server) create(w http.ResponseWriter, r *http.Request, kind string) {
	fields, ok := s.read(w, r)
	if !ok {
		return
	}
	if kind == "henkilot" { // a person who is there is given back
		for _, it := range s.kept[kind] {
			if it.fields["henkilotunnus"] == fields["henkilotunnus"] {
				s.done(w, http.StatusOK, s.shown(r, kind, it))
				return
			}
		}
	} else if code := s.keyFault(kind, fields); code != "" {
		answer(w, http.StatusBadRequest, no("errors", code))
		return
	}
	it := &item{id: s.next + 1, fields: fields}
	if field, code := s.check(kind, it); code != "" {
		answer(w, http.StatusBadRequest, no(field, code))
		return
	}
	s.next++
	s.kept[kind][it.id] = it
	s.done(w, http.StatusCreated, s.shown(r, kind, it))
}

// keyFault holds that source and key are there and name one object only.
func (s *Server) keyFault(kind string, fields map[string]any) string {
	source, key := text(fields, "lahdejarjestelma"), text(fields, "tunniste")
	if source == "" {
		return "MI018"
	}
	if key == "" || len(key) > 120 || strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != "" {
		return "MI012"
	}
	for _, it := range s.kept[kind] {
		if text(it.fields, "lahdejarjestelma") == source && text(it.fields, "tunniste") == key {
			return "MI013"
		}
	}
	return ""
}

func (s *Server) change(w http.ResponseWriter, r *http.Request, kind string, it *item) {
	fields, ok := s.read(w, r)
	if !ok {
		return
	}
	for k := range fields {
		if k != "paattymis_pvm" {
			answer(w, http.StatusBadRequest, no(k, "GE013"))
			return
		}
	}
	before := it.fields["paattymis_pvm"]
	it.fields["paattymis_pvm"] = fields["paattymis_pvm"]
	if field, code := s.check(kind, it); code != "" {
		it.fields["paattymis_pvm"] = before
		answer(w, http.StatusBadRequest, no(field, code))
		return
	}
	s.done(w, http.StatusOK, s.shown(r, kind, it))
}

func (s *Server) read(w http.ResponseWriter, r *http.Request) (map[string]any, bool) {
	var fields map[string]any
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&fields); err != nil || fields == nil {
		answer(w, http.StatusBadRequest, no("errors", "DY010"))
		return nil, false
	}
	return fields, true
}

// done answers work that is done, or loses the answer when it was told to.
func (s *Server) done(w http.ResponseWriter, status int, body any) {
	if err := s.save(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if s.lose > 0 {
		s.lose--
		panic(http.ErrAbortHandler)
	}
	answer(w, status, body)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if body != nil {
		_ = json.NewEncoder(w).Encode(body) // who asked has gone away; there is nobody to tell
	}
}

// no is a refusal as the warehouse writes it.
func no(field, code string) map[string]any {
	return map[string]any{field: []any{map[string]any{"error_code": code, "description": "Refused by the stand-in: " + code + "."}}}
}

func text(fields map[string]any, name string) string {
	s, _ := fields[name].(string)
	return s
}
