// Package oidc signs people in through an OpenID Connect provider (Suomi.fi, an organiser's own): authorisation code
// with PKCE, state and nonce, and only at assurance level substantial or high.
//
// It knows the protocol and gives back who was identified. It must not know accounts, roles or cookies: the faces put
// the sealed attempt into a cookie and ask platform/access for the account. Each refusal is logged with its reason;
// the person sees only that the sign-in was refused. The stand-in provider of the demo and the tests is in standin.
package oidc
