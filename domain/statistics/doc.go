// Package statistics knows an organiser's months: clients, units, euros and providers by service, spending against the budget with a
// forecast, and how long events wait for a check.
//
// Its own tables are roll-ups, written anew from the events and the posted rows of early education whenever a posting touches their month,
// which is the month of the service, also when it is corrected later: a page never reads events, however many there are, and every view
// tells the time of its data. The organiser's part is what the ledger holds as cost, to the cent, and Verify compares the two. They hold no person, only counts; a count of fewer than five clients is
// not told where people could be recognised from it.
//
// The package must not know single events' contents or anybody's name.
package statistics
