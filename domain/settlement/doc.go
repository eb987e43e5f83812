// Package settlement knows runs: they seal the payees' periods, make one statement per payee, and move what is owed from
// accrued to settled, to be paid, or to carried. It knows the states of a run and of each payee in it.
//
// A run's rows are facts. Its state is its last step; a run is live until a step says undone. That an event was settled or
// paid follows from the period of its posting and the live statement that holds the period. Held and carried sums come again
// with the next run, by the carried account. The same facts give the same run: numbers are counted under the organiser's
// lock, never drawn from sequences.
//
// The package must not know vouchers' rules or verdicts of events, nor how a payment file is written (domain/payment).
package settlement
