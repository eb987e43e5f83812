// Package client knows an organiser's clients: who they are, how they are reached, and where the row came from (a page, a
// file of the client system, the API). One person is one client of one organiser; the identity code is stored sealed and
// found by its keyed index only.
//
// Every reading of a client's data leaves a row in the access log in the same transaction. The package must not know
// vouchers, decisions or money.
package client
