// Package ledger knows accounts, postings, payees' periods and the balances of vouchers' lines. A posting moves cents and
// units from one account to another in one row, so debits equal credits by shape; it is never changed, only reversed.
//
// A period belongs to one organiser and one payee. Whoever records shares its lock, whoever seals it takes it alone; sealing
// opens the next one. That an event was settled follows from the period of its posting: nothing is written on events.
//
// Balances stand beside the postings for speed and are rebuilt from them by Verify. The package must not know vouchers'
// rules, events' verdicts or what a run is; those who post call it.
package ledger
