package ui

import (
	"context"
	"net/http"
	"strconv"

	"seteli/platform/postgres"
)

// Work is what a handler does in one transaction: it reads, or runs one use case.
type Work func(ctx context.Context, tx *postgres.Tx) error

// Read runs work under the actor's own scope without writing.
func (r *Request) Read(db *postgres.DB, work Work) error {
	return db.Read(r.Context(), r.Actor, func(tx *postgres.Tx) error { return work(r.Context(), tx) })
}

// Do runs work under the actor's own scope; a reading of a client's data is one, too: it writes the access log.
func (r *Request) Do(db *postgres.DB, work Work) error {
	return db.Tenant(r.Context(), r.Actor, func(tx *postgres.Tx) error { return work(r.Context(), tx) })
}

// DoIn is Do in the scope of an organiser, for those who belong to none: the use case checks the right.
func (r *Request) DoIn(db *postgres.DB, organiser int32, work Work) error {
	return db.Tenant(r.Context(), r.Actor.In(organiser), func(tx *postgres.Tx) error { return work(r.Context(), tx) })
}

// PathID reads the number of an object from the address; what is no number does not exist.
func (r *Request) PathID(name string) (int64, error) { return r.pathNumber(name, 64) }

// PathOrganiser reads the organiser from the address.
func (r *Request) PathOrganiser() (int32, error) {
	n, err := r.pathNumber("organiser", 32)
	return int32(n), err
}

func (r *Request) pathNumber(name string, bits int) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue(name), 10, bits)
	if err != nil || n <= 0 {
		return 0, ErrNoPage
	}
	return n, nil
}

// Status of the page that shows the form: 422 when something on it is refused.
func (f *Form) Status() int {
	if f.Refused() {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// Digits writes a number as values of fields and addresses have it; numbers for people are written by the Request.
func Digits[N int | int32 | int64](n N) string { return strconv.FormatInt(int64(n), 10) }
