// Package offer knows what the public compares: approved units with their prices in force and what a client would pay
// oneself, for the value of the rulebook, a typed-in value or the client's own voucher.
//
// The comparison runs on an index in memory, filled from PostgreSQL and made anew when something in it has changed; the
// database stays the truth, and what is chosen is checked there. Only public facts are in the index: no client, no voucher.
//
// The order is neutral: random, the same for everybody on one day and another on the next. There are no paid places.
package offer
