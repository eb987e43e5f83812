// Package api is the face for programs: JSON over HTTP under /api/v1, described in OpenAPI 3.1, with keys instead of sessions
// and problem details (RFC 9457) instead of error pages.
//
// It knows HTTP, JSON, keys and languages of messages; each operation decodes, calls one use case and encodes. It knows no rule:
// what a page refuses, the API refuses with the same code and the same words. No type of the HTTP library leaves this package.
//
// The same request gives the same bytes: answers hold no time of answering and no number of the request.
package api
