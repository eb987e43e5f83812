// Package admission knows how a company becomes a provider of an organiser's service and how it stops being one:
// the application with its parts, signature, handling and completion, the decision, approvals by unit with their
// suspensions and ends, and the price lists with their periods.
//
// It must not know clients, vouchers or reservations: what the end of an approval does to them, later packages do
// from the outbox message approval.ended.
//
// The states of an application (state.go holds the same table):
//
//	draft ── request ──► awaiting_signature ── sign ──► sent ── take ──► handling ── decide ──► approved | rejected
//	  ▲ └───────────── sign (signatory) ──────────────────▲                │   ▲
//	  └────────── take back ──────┘                             ask more ▼   │ sign again
//	                                                              completing ── day passed ──► lapsed
//	withdrawn: from every state before the decision, by the provider
package admission
