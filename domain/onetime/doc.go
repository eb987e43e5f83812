// Package onetime knows vouchers that are used once (kertaseteli): a slip of paper or a message with a number, worth a fixed sum of one
// content of a service. Slips are given to a client, or printed many at once and given a client when they are handed over; from then on
// a slip is a voucher like any other. Using it reserves, records and so pays it in one act at an approved provider.
//
// A slip is personal: without a client it is worth nothing, and only an approved provider who has signed in can use one. Its number
// therefore is a voucher's number, drawn at random with a check sign (ident.VoucherNumber), and no bearer's secret.
//
// What a slip is worth follows from the rulebook; where it was used is told by the standing event of its voucher, so that an event that is
// deleted or refunded makes the slip whole again. The package must not know runs or statements: those read the events.
package onetime
