// Package standin is a gateway of text messages for tests: it keeps what it gets and behaves badly on demand.
package standin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"

	"seteli/integration/sms"
)

// Server keeps the messages by id. Next are the statuses of the next answers; 0 breaks the connection after the message was taken.
type Server struct {
	*httptest.Server
	Key string

	mu    sync.Mutex
	next  []int
	taken map[string]sms.Message
	asked int
}

// New starts one.
func New(key string) *Server {
	s := &Server{Key: key, taken: map[string]sms.Message{}}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	return s
}

// Answer sets the statuses of the next answers.
func (s *Server) Answer(statuses ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = statuses
}

// Taken gives what was taken, once for each id, and how often it was asked.
func (s *Server) Taken() (list []sms.Message, asked int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.taken {
		list = append(list, m)
	}
	return list, s.asked
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	status := http.StatusAccepted
	if len(s.next) > 0 {
		status, s.next = s.next[0], s.next[1:]
	}
	var m sms.Message
	switch {
	case r.Header.Get("Authorization") != "Bearer "+s.Key:
		status = http.StatusUnauthorized
	case json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&m) != nil || m.ID == "":
		status = http.StatusBadRequest
	case status == 0 || status < 300:
		s.taken[m.ID] = m
	}
	if status == 0 {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(status)
}
