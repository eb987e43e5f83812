package ident

import (
	"fmt"
	"io"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

// voucherSigns has no 0, 1, I, L and O, which people confuse when they read a number aloud or from paper.
// Its size 31 is a prime, so distinct weights find every single wrong sign and every swap of two signs.
const voucherSigns = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

const (
	voucherRandom = 8 // 31^8 = 8.5·10^11 numbers per prefix: guessing one that is in use is hopeless
	prefixMin     = 2
	prefixMax     = 4
)

// VoucherNumber names a voucher to people: the organiser's prefix of 2–4 signs, 8 random signs and a check sign.
// It is not a secret, but it cannot be counted upwards.
type VoucherNumber struct{ text }

// NewVoucherNumber draws a number from random, which is crypto/rand.Reader in the program.
func NewVoucherNumber(prefix string, random io.Reader) (VoucherNumber, error) {
	prefix = upper(prefix)
	if err := CheckPrefix(prefix); err != nil {
		return VoucherNumber{}, err
	}
	body := []byte(prefix)
	var buf [1]byte
	for len(body) < len(prefix)+voucherRandom {
		if _, err := io.ReadFull(random, buf[:]); err != nil {
			return VoucherNumber{}, fmt.Errorf("drawing a voucher number: %w", err)
		}
		// Five bits give 0–31; 31 is drawn again so that every sign is equally likely.
		if v := int(buf[0] & 31); v < len(voucherSigns) {
			body = append(body, voucherSigns[v])
		}
	}
	sum, _ := voucherSum(string(body) + voucherSigns[:1])
	check := (len(voucherSigns) - sum%len(voucherSigns)) % len(voucherSigns)
	return VoucherNumber{text{string(body) + voucherSigns[check:][:1]}}, nil
}

// CheckPrefix refuses an organiser's prefix that is not 2–4 signs of the alphabet (IDE-064).
func CheckPrefix(prefix string) error {
	if len(prefix) < prefixMin || len(prefix) > prefixMax || strings.Trim(prefix, voucherSigns) != "" {
		return errPrefix
	}
	return nil
}

// voucherSum weighs the signs 1, 2, 3 … from the right; a valid number sums to 0 modulo 31.
// ok is false when a sign is not of the alphabet.
func voucherSum(s string) (sum int, ok bool) {
	for i := range len(s) {
		v := strings.IndexByte(voucherSigns, s[i])
		if v < 0 {
			return 0, false
		}
		sum += v * (len(s) - i)
	}
	return sum, true
}

// ParseVoucherNumber reads a number as people type it: spaces, every kind of dash and lower case are accepted.
func ParseVoucherNumber(s string) (VoucherNumber, error) {
	s = strings.ReplaceAll(upper(squeeze(RepairDash(s))), "-", "")
	place := 0
	for _, r := range s {
		place++
		if !strings.ContainsRune(voucherSigns, r) {
			return VoucherNumber{}, errVoucherSign.With("sign", string(r)).With("n", place)
		}
	}
	if n := len(s) - voucherRandom - 1; n < prefixMin || n > prefixMax {
		return VoucherNumber{}, errVoucherLength.With("got", len(s))
	}
	if sum, _ := voucherSum(s); sum%len(voucherSigns) != 0 {
		return VoucherNumber{}, errVoucherCheck
	}
	return VoucherNumber{text{s}}, nil
}

// Prefix is the organiser's part.
func (v VoucherNumber) Prefix() string {
	if v.IsZero() {
		return ""
	}
	return v.s[:len(v.s)-voucherRandom-1]
}

// Print is the form for people: TRE-7K4M-2PXWC.
func (v VoucherNumber) Print() string {
	if v.IsZero() {
		return ""
	}
	p := v.Prefix()
	return p + "-" + v.s[len(p):len(p)+4] + "-" + v.s[len(p)+4:]
}

// PrintVoucher gives a stored number as people read it; what is no number of ours stays as it is.
func PrintVoucher(stored string) string {
	v, err := ParseVoucherNumber(stored)
	if err != nil {
		return stored
	}
	return v.Print()
}

// Tail is the last four signs, for messages that may not name the voucher in full.
func (v VoucherNumber) Tail() string { return v.s[max(0, len(v.s)-4):] }

// UnmarshalText reads as ParseVoucherNumber does; empty is none.
func (v *VoucherNumber) UnmarshalText(b []byte) error { return scan(v, string(b), ParseVoucherNumber) }

// ScanText lets pgx read a text column; null is none.
func (v *VoucherNumber) ScanText(b pgtype.Text) error { return scan(v, b.String, ParseVoucherNumber) }
