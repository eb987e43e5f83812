// Package event knows what was delivered and the verdict on it: recording on a page, by file and by program, the review
// queue, edits, deletions, refunds, and the catalogue of checks.
//
// One path serves one line and a hundred thousand. Record reads the facts of a batch in a fixed number of queries, the pure
// function Judge gives a verdict per line, and the result is written in one statement from arrays. A preview is the same path without the write.
//
// An event row is never changed: what happens later is a step. The package must not know settlement runs: that an event was
// settled follows from the sealed period of its posting. A check that rejects reads only what the sender can see (catalogue.go).
package event
