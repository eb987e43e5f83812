// Package purchase knows orders of purchased services: from which approved provider, at which contract prices, and the provider's
// answer. The right itself is a voucher of mode purchased that names the provider; its value is the contract price, so the client
// pays nothing to the provider.
//
// States: ordered → confirmed (reserved for the provider) → ended, or ordered → declined (the voucher is annulled and another provider
// is asked), or ordered → ended (withdrawn before the answer). The package must not know deliveries or settlements.
package purchase
