// Package standin is an identity provider inside the program for the demo and the tests: a page lists invented
// people, a press on a name signs in as that person. It speaks real OpenID Connect (discovery, keys, code with PKCE,
// RS256 token) so that nothing in the client is different from the real thing.
//
// It must never run where real people's data is: New refuses unless the caller says that this is a demo.
package standin
