// Package mail sends e-mail over SMTP, and in the demo keeps it in a table so that it can be looked at on a page.
//
// It knows addresses and the protocol. It must not know what a message is about: texts come finished, in one language,
// and hold no client's data (that is the notice's rule; e-mail is not a safe channel).
package mail
