// Package job runs work in the background: jobs queued in the transaction that causes them, jobs on a schedule, the
// delivery of the outbox, and the progress of long runs that pages and terminals show.
//
// It knows queues, times and retries. It must not know what the work is. Every job may run twice (a process can die after
// the work and before noting it), so each is written to be repeatable: keys, locks and outbox rows, not luck.
package job
