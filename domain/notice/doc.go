// Package notice knows what was told to whom: it turns the messages that the domain leaves in the outbox into notices in the
// receiver's language, keeps them for the receiver's own list, and sends them by e-mail.
//
// E-mail is not a safe channel: a notice names the organiser, the service and numbers of matters, never a client, and no free text
// that somebody wrote. What it is about is read after signing in.
//
// The package must not decide anything: it reads facts that are already there.
package notice
