// Package purse knows the euro balance (saldo-ostovoima): a voucher whose one line is a sum of euros that the client spends over
// several contents and payees, as with a card. A hold takes its sum from the balance at once; a capture turns it into an event
// that settlement pays like any other; a release, an expiry or a refund gives it back.
//
// The balance is the ledger's row of the voucher's line, where held and captured money both count as used: held + captured never
// exceeds what was granted, whichever program spends. Holds, endings and moves are facts; Verify rebuilds the balance from them.
//
// Everything that moves one organiser's balances goes through the Till, which gathers what waits. The package must not know
// runs or statements: those read the events.
package purse
