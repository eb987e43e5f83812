// Package standin is the national data warehouse for the demo and the tests: a server in the program that holds persons, children,
// decisions, placements and fee data in memory, and refuses with the warehouse's own codes what the warehouse refuses. It can be down,
// ask for patience, and lose an answer after the work is done.
//
// It checks the rules of Varda that bear on voucher children. It must never hold a real person's data.
package standin
