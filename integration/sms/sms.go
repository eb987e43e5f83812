package sms

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"seteli/core/fault"
)

// Refusals of sending.
var (
	ErrDown    = fault.New(fault.Unavailable, "SMS-001", "sms.down") // not taken now; try again
	ErrNumber  = fault.New(fault.Invalid, "SMS-002", "sms.number")   // no number with its country
	ErrRefused = fault.New(fault.Invalid, "SMS-003", "sms.refused")  // the gateway will never take it
	ErrKey     = fault.New(fault.Unavailable, "SMS-004", "sms.key")  // the gateway does not accept our key: an operator's matter
)

// Message is one text message to one phone.
type Message struct {
	ID   string `json:"id"` // the same at each try
	To   string `json:"to"` // "+358401234567"
	From string `json:"from"`
	Text string `json:"text"`
}

// Gateway sends through one address.
type Gateway struct {
	url, key, from string
	client         *http.Client
}

// New checks the settings; it does not connect. Anything but https is refused, except on this machine.
func New(address, key, from string) (*Gateway, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost")) {
		return nil, errors.New("text messages: the gateway's address must begin with https://")
	}
	if from == "" || len(from) > 11 && strings.Trim(from, "+0123456789") != "" {
		return nil, errors.New("text messages: the sender is a number or at most 11 letters")
	}
	refuse := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // a key is not carried elsewhere
	return &Gateway{address, key, from, &http.Client{Timeout: 20 * time.Second, CheckRedirect: refuse}}, nil
}

// Send hands the message to the gateway.
func (g *Gateway) Send(ctx context.Context, id, to, text string) error {
	if len(to) < 9 || to[0] != '+' || strings.Trim(to[1:], "0123456789") != "" || text == "" || id == "" {
		return ErrNumber
	}
	body, err := json.Marshal(Message{id, to, g.from, text})
	if err != nil {
		return fmt.Errorf("writing a text message: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("text message: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	if g.key != "" {
		req.Header.Set("Authorization", "Bearer "+g.key)
	}
	res, err := g.client.Do(req)
	if err != nil {
		return ErrDown.Because(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)); err != nil {
		return ErrDown.Because(err) // the answer broke off: the same id again is the same message
	}
	switch status := res.StatusCode; {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return ErrKey.Because(fmt.Errorf("status %d", status))
	case status == http.StatusRequestTimeout || status == http.StatusTooManyRequests || status >= 500 || status < 400:
		return ErrDown.Because(fmt.Errorf("status %d", status))
	default:
		return ErrRefused.Because(fmt.Errorf("status %d", status))
	}
}
