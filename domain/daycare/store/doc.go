// Package store keeps the early education voucher on the database: children with their heads, placements, needs and support, the
// municipality's dated rules, providers' prices, drafts and sent value decisions, closed months, and providers' answers to their
// statements. Approved rows of a month are postings of the common ledger, where settlement finds them like any other delivery.
//
// What a fee, a value or a correction is, package daycare says; this one brings it the facts and keeps what comes of them. It knows no
// page and no payment. Months are closed in order and never reopened: what changes later is a difference in the next one.
package store
