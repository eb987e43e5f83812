// Package varda speaks the REST interface of the national data warehouse of early education: a token for the user's key, objects by
// address, lists in pages, about one request a second. A stand-in with the warehouse's own rules and codes is in package standin.
//
// It knows addresses, field names and codes. It must not know what should be reported; that is domain/daycare/varda. Nothing that a
// request says is written to the log.
package varda
