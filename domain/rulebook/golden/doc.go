// Package golden knows golden cases: files of facts, each an input with the result that the rules must give, and runs them
// against the product's own engine. It reads the format strictly, compares exactly and shows the explanation of what differs.
//
// A kind of case is an adapter of a few lines that calls the engine; packages that come later on the spine add kinds of their
// own. The package computes nothing itself and knows no database.
package golden
