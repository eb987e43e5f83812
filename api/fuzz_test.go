package api_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"seteli/api"
)

// Whatever a program sends to an operation, in its address, its query or its body, is answered in JSON and never breaks the program.
func FuzzOperations(f *testing.F) {
	w := newWorld(f)
	rows, operations := w.matrix(), w.api.Operations()
	for i, op := range operations {
		path, query, _ := strings.Cut(rows[op.ID].path, "?")
		body, ok := rows[op.ID].body.(string)
		if rows[op.ID].body != nil && !ok {
			raw, err := json.Marshal(rows[op.ID].body)
			if err != nil {
				f.Fatal(err)
			}
			body = string(raw)
		}
		f.Add(uint8(i), path, query, body)
		f.Add(uint8(i)|128, path, query, body)
	}
	f.Add(uint8(0), "/vouchers/MAA-\x00-%ff", "client=%00&from=9999-99-99&limit=-1&cursor=%ff", "{\"lines\":\"\xff\"}")
	f.Fuzz(func(t *testing.T, n uint8, path, query, body string) {
		world, inner := *w, *w.World
		inner.T, world.World = t, &inner
		op, key := operations[int(n&127)%len(operations)], w.Mine
		if n > 127 {
			key = w.Office
		}
		u := url.URL{Path: api.Prefix + "/" + path, RawQuery: query}
		if strings.ContainsFunc(u.String(), func(c rune) bool { return c <= ' ' || c == 0x7f || c == '#' }) {
			return // no client can send this line
		}
		a := world.ask(key, op.Method, strings.TrimPrefix(u.String(), api.Prefix), body, "Idempotency-Key", "fuzz")
		kind := a.Header.Get("Content-Type")
		if a.Status >= 500 || strings.Contains(kind, "json") && a.Body != "" && !json.Valid([]byte(a.Body)) {
			t.Errorf("%s %s: %d %s", op.Method, u.String(), a.Status, a.Body)
		}
	})
}
