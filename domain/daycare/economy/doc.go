// Package economy weighs early education: what a child's month and hour cost the municipality in own, purchased and voucher places, what own
// shares families pay by income, what building is avoided, and which figures move the risks. Costs of own and purchased places and the
// assumptions are entered or imported with their source and date; voucher places are read from the closed months.
//
// Every figure follows from what is named beside it; formulas are in whole cents, each rounded once. The package knows sums and no person.
package economy
