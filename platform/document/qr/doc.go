// Package qr draws QR codes (ISO/IEC 18004, model 2): a short text becomes a square of modules that a phone's camera or a hand scanner
// at a till reads. It writes error correction level M, which stays readable with about 15 % of the code spoiled, and versions 1–10.
//
// The package knows the code and its drawing as SVG. It must not know what the text means; the PDF layer draws the modules itself.
package qr
