// Package sms sends text messages through a gateway over HTTPS: one message is one POST of {"id", "to", "from", "text"} with a bearer key.
// The gateway answers 2xx when it has the message; the same id again is the same message. Operators whose own form differs are reached
// through their relay. Package standin beside it is a gateway that behaves badly on demand.
//
// The package must not know what the messages are about, and writes neither numbers nor texts into a log or an error.
package sms
