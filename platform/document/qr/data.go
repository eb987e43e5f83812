package qr

import "strings"

// version is what level M has room for: parity codewords of each block, and blocks of a data length and of one more (ISO/IEC 18004, table 9).
type version struct {
	parity      int
	blocks, len int // blocks of len data codewords
	longer      int // blocks of len+1
	align       []int
}

var versions = [...]version{
	{10, 1, 16, 0, nil}, {16, 1, 28, 0, []int{6, 18}}, {26, 1, 44, 0, []int{6, 22}}, {18, 2, 32, 0, []int{6, 26}}, {24, 2, 43, 0, []int{6, 30}},
	{16, 4, 27, 0, []int{6, 34}}, {18, 4, 31, 0, []int{6, 22, 38}}, {22, 2, 38, 2, []int{6, 24, 42}}, {22, 3, 36, 2, []int{6, 26, 46}}, {26, 4, 43, 1, []int{6, 28, 50}},
}

func (v version) capacity() int { return v.blocks*v.len + v.longer*(v.len+1) }

const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// stream is a string of bits, highest first.
type stream struct {
	bytes []byte
	n     int
}

func (b *stream) put(value, width int) {
	for i := width - 1; i >= 0; i-- {
		if b.n%8 == 0 {
			b.bytes = append(b.bytes, 0)
		}
		b.bytes[b.n/8] |= byte(value>>i&1) << (7 - b.n%8)
		b.n++
	}
}

// data writes the text as codewords: mode, length, signs, end mark, padding. fits is false when the version n is too small.
func (v version) data(text string, n int) (codewords []byte, fits bool) {
	var b stream
	if strings.Trim(text, alphanumeric) == "" {
		b.alphanumeric(text, n)
	} else {
		b.put(4, 4)
		b.put(len(text), width(n, 8, 16))
		if len(text) > v.capacity() { // before it is written: a text may be of any length
			return nil, false
		}
		for i := range len(text) {
			b.put(int(text[i]), 8)
		}
	}
	room := 8 * v.capacity()
	if b.n > room {
		return nil, false
	}
	b.put(0, min(4, room-b.n))
	b.put(0, (8-b.n%8)%8)
	for pad := 0xEC; b.n < room; pad ^= 0xEC ^ 0x11 {
		b.put(pad, 8)
	}
	return b.bytes, true
}

// width of the length field: versions 1–9 have a shorter one than version 10.
func width(n, short, long int) int {
	if n < 10 {
		return short
	}
	return long
}

func (b *stream) alphanumeric(text string, n int) {
	b.put(2, 4)
	b.put(min(len(text), 511), width(n, 9, 11))
	for i := 0; i < len(text); i += 2 {
		first := strings.IndexByte(alphanumeric, text[i])
		if i+1 == len(text) {
			b.put(first, 6)
			return
		}
		b.put(45*first+strings.IndexByte(alphanumeric, text[i+1]), 11)
	}
}

// protect splits the data into blocks, adds the parity of each and interleaves both.
func (v version) protect(data []byte) []byte {
	var blocks, parities [][]byte
	for i := range v.blocks + v.longer {
		n := v.len
		if i >= v.blocks {
			n++
		}
		blocks = append(blocks, data[:n])
		parities = append(parities, parity(data[:n], v.parity))
		data = data[n:]
	}
	var out []byte
	for i := range v.len + 1 {
		for _, b := range blocks {
			if i < len(b) {
				out = append(out, b[i])
			}
		}
	}
	for i := range v.parity {
		for _, p := range parities {
			out = append(out, p[i])
		}
	}
	return out
}

// product multiplies in the field of 256 elements with the polynomial x⁸+x⁴+x³+x²+1.
func product(a, b byte) byte {
	var out byte
	for ; b > 0; b >>= 1 {
		if b&1 == 1 {
			out ^= a
		}
		over := a & 0x80
		a <<= 1
		if over != 0 {
			a ^= 0x1D
		}
	}
	return out
}

// parity is the remainder of the data by the generator of degree n, whose roots are the first n powers of 2.
func parity(data []byte, n int) []byte {
	generator := make([]byte, n) // without the leading 1, highest first
	generator[n-1] = 1
	root := byte(1)
	for range n {
		for i := range generator {
			generator[i] = product(generator[i], root)
			if i+1 < n {
				generator[i] ^= generator[i+1]
			}
		}
		root = product(root, 2)
	}
	rest := make([]byte, n)
	for _, d := range data {
		factor := d ^ rest[0]
		copy(rest, rest[1:])
		rest[n-1] = 0
		for i := range rest {
			rest[i] ^= product(generator[i], factor)
		}
	}
	return rest
}
