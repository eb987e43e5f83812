// Package bank writes payment files for banks: ISO 20022 customer credit transfer initiation, pain.001.001.09, the way the
// Finnish banks' guides profile it (SEPA, one file of at most 10,000 payments, no creditor bank, no address).
//
// It knows the format and its character set. It knows no run, no statement and no database: it implements
// payment.FileWriter and the same order gives the same bytes.
package bank
