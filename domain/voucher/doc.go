// Package voucher knows a client's right to a service: the numbered voucher with its contents, amounts, value periods and
// pauses, the information sheet and the client's answer, and the reservations by which a provider comes to serve it.
//
// It must not know how much has been used (ledger tells), what was delivered (event) or how a value is computed (rulebook's
// models). A purchased service is a voucher of mode purchased that names one provider; its order is package purchase's.
//
// States: granted (a number exists, nobody is reserved) → open (at least one reservation) → closed from a day, with a reason. Paused,
// ending and ended are read from the dates and stored nowhere. Days before the closing stay recordable unless the voucher was
// annulled or refused.
package voucher
