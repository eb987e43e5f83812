// Package ident holds the identifiers that people and systems hand to each other: personal identity code
// (henkilötunnus, "hetu"), business id (Y-tunnus) with its VAT and OVT forms, IBAN, domestic and RF reference
// numbers, object identifiers, municipality and county codes, and the program's own voucher numbers.
//
// Every type is built only by its Parse or New function, so a value in hand has passed its check; the zero
// value means "none". The package knows no register: whether a number is in use is asked elsewhere.
// It never prints a whole personal identity code; only Hetu.Reveal gives it.
package ident
