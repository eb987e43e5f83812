// Package payment knows the instructions of a released run, one per payee, and the file that carried them to the bank.
//
// File and instructions are facts: bytes and hash are kept as they left, so a second download is the same file. How a file is
// written is the bank's matter: FileWriter is declared here and implemented in integration/bank.
//
// The package must not know events or vouchers. What is to be paid, and whether it was, is settlement's.
package payment
