// Package rulebook knows the dated rules of a service: the text that providers read and accept, and the same rules as data
// (value, rounding, tolerance, overrun, recording window, price notice), together in one version.
//
// A version is drafted by one person and published by another; what is published never changes. On day d the rulebook is
// the published version with the greatest valid_from ≤ d.
//
// The package declares the seam at which a service field plugs in: a ValueModel computes the value of a voucher and
// checks an entered price, each with its explanation. The flat model is built in; others are passed in as Models.
// It knows contents by their ids; no provider, no client, no voucher.
package rulebook
