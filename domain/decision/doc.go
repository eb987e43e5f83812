// Package decision knows what all decisions share: the number, who made it and in which office, the act and section,
// the letter as it was sent (PDF, page and text of the same words) and the instruction for asking a rectification.
//
// A decision is a snapshot and is never edited; a correction is a new decision that names the one it replaces.
// The package must not know what is decided: the deciding package brings outcome, reasons and the letter's own blocks.
package decision
