// Package secret holds the program's keys and what is done with them: identity codes are encrypted
// deterministically (AES-SIV), texts, drafts and files with a random nonce (AES-GCM), and a keyed index
// (HMAC-SHA-256) finds an identity code without telling it.
//
// Every ciphertext is bound to the place it belongs to (table column and organiser): moved elsewhere it does not open.
// The package fails closed: without a key nothing is stored and nothing is shown, there is no plaintext fallback.
// It must not know what the values mean, and the keys are never in the database.
package secret
