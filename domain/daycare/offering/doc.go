// Package offering is what units of early education offer, for other systems: who they are, what they ask and from when, how many places
// they have and how many are free on a day. It tells this to programs and files, and takes prices and places from them row by row: the same
// row again changes nothing, and each row is answered.
//
// It knows rows and outcomes. Which price may be asked and how early a change is told, package store says; how places are counted, package
// guidance. It names no child.
package offering
