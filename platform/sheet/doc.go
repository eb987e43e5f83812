// Package sheet reads rows that people send as CSV or XLSX, finds what a spreadsheet has damaged in them, and writes
// files that a Finnish Excel opens as they were meant.
//
// Reading goes in three steps: Open judges the container (size, bombs, encoding), Match ties the header to the
// columns that the caller wants and lists every structural error at once, Rows gives the cells. A damaged cell
// carries a proposal; nothing is repaired silently.
//
// The package knows formats and damage. It must not know what a row means, nor money: a decimal leaves as text
// with a point, for the caller to read exactly.
package sheet
