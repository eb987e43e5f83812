// Package daycare knows the rules of the early education voucher of any municipality: the client's fee by the fee act, the
// value of the voucher, the decisions that follow from a family's facts on an axis of dates, what each month owes a unit,
// and how a closed month is corrected. Acts: 1503/2016 for the fee, 569/2009 and from 2026 on 1048/2025 for the voucher.
//
// Everything here is pure: the same facts and the same dated rules give the same result for ever. No value, text, year or
// threshold of a municipality stands in the code; they come in as data (package profile). It knows no database, no clock,
// no client and no voucher of the spine; people and units are known by opaque ids.
//
// Amounts are euros a month in whole cents. Periods are half-open; a period without an end reaches to calendar.Forever.
package daycare
