// Package household knows who lives with a client, what they live on, and what they have agreed to about it: members with their
// periods, income, deductions and savings with source and period, consents, and changes that a client tells of.
//
// What counts as income, and how a year's or a fortnight's amount becomes a month's, is the organiser's own dated definition: data, not
// code. At gives everything as it is on one day, with its explanation; a decision keeps that snapshot, and nothing changes it
// afterwards. Every reading leaves a row in the access log.
//
// The package must not know vouchers, values or decisions: which value follows from an income is the rulebook's method.
package household
