// Package access knows who acts: roles, rights, mandates, sessions and keys of programs. One table
// (right.go) answers "may this role do that?"; Actor.Scope answers "which rows does it see?".
//
// It must not know any rule of the domain beyond the names of rights, and no pages: the faces read
// cookies and show forms, this package tells who stands behind them.
package access
