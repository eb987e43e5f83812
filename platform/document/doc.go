// Package document turns a letter (ordered blocks) into HTML, an accessible PDF and plain text, and judges uploaded attachments.
//
// The three renderers read the same Letter, so that the page, the paper and the message never differ in a word.
// The PDF is tagged for PDF/UA-1, carries what PDF/A-3a asks for, and is the same bytes for the same letter within one
// release of the program. Compression may change with the Go release: a sent file is stored with its hash, never rendered again.
//
// The package knows paper, fonts and structure. It must not know decisions, money or organisers: amounts and
// formulas arrive as text already formatted in the letter's language. It reads no clock and no database.
package document
