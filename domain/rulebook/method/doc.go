// Package method knows how the value of a voucher comes about: every method of the field as a value model, with its
// parameters, their checks, its arithmetic and its explanation; the fees of the organiser's own service that stand beside a
// value; the split of a delivery into bands of time; and the conversions between hours, days and months.
//
// A model is pure and exact: fractions until the one rounding that the parameters name. The package knows no client by name,
// no provider, no voucher and no database; what it needs of a client comes in as rulebook.Facts.
package method
