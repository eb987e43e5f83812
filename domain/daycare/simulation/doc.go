// Package simulation answers "what if" about early education: what other values, coefficients, thresholds, price models or numbers of
// children would cost, and what families would pay. It computes with the functions that make real decisions, on the present children, and
// never touches one. A result is kept with its name, its input and the hash of what it was computed from, so that the same question on
// the same facts gives the same figures for ever.
//
// It knows sums over families and no person: fewer than five families are never told apart.
package simulation
