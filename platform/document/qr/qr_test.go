package qr

import (
	"bytes"
	"fmt"
	"math/bits"
	"strings"
	"testing"

	"seteli/core/fault"
)

// The examples of parity and of mode and length fields that are published widely: ISO/IEC 18004 annex I (01234567, version 1-M) and the
// phrase of the usual teaching example in the same version.
func TestParityEqualsPublishedExamples(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ data, want []byte }{
		{[]byte{0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11}, []byte{0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55}},
		{[]byte{32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17}, []byte{196, 35, 39, 119, 235, 215, 231, 226, 93, 23}},
	} {
		if got := parity(c.data, 10); !bytes.Equal(got, c.want) {
			t.Errorf("parity of % X is % X, want % X", c.data, got, c.want)
		}
	}
	data, fits := versions[0].data("HELLO WORLD", 1)
	if want := []byte{32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17}; !fits || !bytes.Equal(data, want) {
		t.Errorf("HELLO WORLD is % d, want % d", data, want)
	}
}

func TestFormatAndVersionBitsEqualTheTables(t *testing.T) {
	t.Parallel()
	for mask, want := range []string{"101010000010010", "101000100100101", "101111001111100", "101101101001011", "100010111111001", "100000011001110", "100111110010111", "100101010100000"} {
		c := draw(1, make([]byte, 26), mask)
		one, two := formats(c)
		if got := fmt.Sprintf("%015b", one); got != want || one != two {
			t.Errorf("format of mask %d is %s and %015b, want %s", mask, got, two, want)
		}
	}
	if got := fmt.Sprintf("%018b", 7<<12|remainder(7, 12, 0x1F25)); got != "000111110010010100" {
		t.Errorf("version 7 is %s", got)
	}
}

func TestEveryVersionReadsBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for n := 1; n <= 213; n++ {
		for _, text := range []string{strings.Repeat("seteli åäö ", 30)[:n], strings.Repeat("HTTPS://SETELI.EXAMPLE/", 20)[:n], strings.Repeat("7", n+90)} {
			c, err := Encode(text)
			if err != nil {
				t.Fatalf("%d signs: %v", n, err)
			}
			read, err := decode(c)
			if err != nil || read != text {
				t.Fatalf("version %d, mask %d: read %q (%v), wrote %q", (c.size-17)/4, c.mask, read, err, text)
			}
			seen[(c.size-17)/4] = true
		}
	}
	if len(seen) != len(versions) {
		t.Errorf("written versions are %v, want all %d", seen, len(versions))
	}
}

func TestTheSmallestVersionThatHoldsTheTextIsTaken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text    string
		version int
	}{{"1", 1}, {strings.Repeat("A", 20), 1}, {strings.Repeat("A", 21), 2}, {strings.Repeat("a", 14), 1}, {strings.Repeat("a", 15), 2}, {strings.Repeat("A", 311), 10}, {strings.Repeat("a", 213), 10}} {
		code, err := Encode(c.text)
		if err != nil || code.Size() != 17+4*c.version {
			t.Errorf("%d signs give %v, %v, want version %d", len(c.text), code.Size(), err, c.version)
		}
	}
}

func TestEmptyAndTooLongTextsAreRefused(t *testing.T) {
	t.Parallel()
	for text, code := range map[string]string{"": "QRC-001", strings.Repeat("A", 312): "QRC-002", strings.Repeat("a", 214): "QRC-002", strings.Repeat("x", 1<<20): "QRC-002"} {
		if _, err := Encode(text); fault.CodeOf(err) != code {
			t.Errorf("%d signs: %v, want %s", len(text), err, code)
		}
	}
}

// The chosen mask is the one with the least penalty, weighed here anew in a slower way.
func TestTheMaskIsTheEasiestToRead(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"HTTPS://SETELI.EXAMPLE/K/MAA7K4M2PXWC", "seteli", "AAAAAAAAAAAAAAAAAAAA"} {
		c, err := Encode(text)
		if err != nil {
			t.Fatal(err)
		}
		v := (c.size - 17) / 4
		data, _ := versions[v-1].data(text, v)
		for mask := range 8 {
			other := draw(v, versions[v-1].protect(data), mask)
			if slowPenalty(other) < slowPenalty(c) || slowPenalty(other) != other.penalty() {
				t.Errorf("%s: mask %d weighs %d (%d), the chosen %d weighs %d", text, mask, slowPenalty(other), other.penalty(), c.mask, slowPenalty(c))
			}
		}
	}
}

func TestTheDrawingHoldsEveryDarkModuleOnce(t *testing.T) {
	t.Parallel()
	c, err := Encode("MAA7K4M2PXWC")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, b := range c.Bars() {
		for x := b.X; x < b.X+b.Length; x++ {
			if !c.Dark(x, b.Y) {
				t.Errorf("a bar covers the light module %d, %d", x, b.Y)
			}
			n++
		}
	}
	for _, d := range c.dark {
		if d {
			n--
		}
	}
	if n != 0 {
		t.Errorf("%d modules are drawn too often or not at all", n)
	}
	svg := c.SVG(`Numero "MAA" <1>`)
	if !strings.Contains(svg, `aria-label="Numero &#34;MAA&#34; &lt;1&gt;"`) || !strings.Contains(svg, `viewBox="0 0 29 29"`) || strings.Count(svg, "M") < len(c.Bars()) {
		t.Errorf("the drawing is %s", svg)
	}
}

func FuzzEncodeReadsBack(f *testing.F) {
	for _, s := range []string{"", "A", "a", "MAA7K4M2PXWC", "https://seteli.example/fi/", "å\x00\xff", strings.Repeat("Z", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Encode(text)
		if err != nil {
			if text != "" && len(text) <= 213 {
				t.Fatalf("%q is refused: %v", text, err)
			}
			return
		}
		if read, err := decode(c); err != nil || read != text {
			t.Fatalf("read %q (%v), wrote %q", read, err, text)
		}
	})
}

// formats reads both copies of the format bits.
func formats(c *Code) (one, two int) {
	last := c.size - 1
	first := [15][2]int{{8, 0}, {8, 1}, {8, 2}, {8, 3}, {8, 4}, {8, 5}, {8, 7}, {8, 8}, {7, 8}, {5, 8}, {4, 8}, {3, 8}, {2, 8}, {1, 8}, {0, 8}}
	for i, at := range first {
		if c.Dark(at[0], at[1]) {
			one |= 1 << i
		}
		x, y := last-i, 8
		if i >= 8 {
			x, y = 8, c.size-15+i
		}
		if c.Dark(x, y) {
			two |= 1 << i
		}
	}
	return one, two
}

// decode reads a code as a scanner would, and refuses one whose structure, check bits or parity are not whole.
func decode(c *Code) (string, error) {
	v := (c.size - 17) / 4
	if err := structureOf(c, v); err != nil {
		return "", err
	}
	one, two := formats(c)
	word := one ^ 0x5412
	if one != two || divided(word, 0x537) != 0 || word>>13 != 0 {
		return "", fmt.Errorf("format bits %015b and %015b", one, two)
	}
	raw := readModules(c, v, word>>10&7)
	data, err := blocksOf(raw, versions[v-1])
	if err != nil {
		return "", err
	}
	return textOf(data, v)
}

// divided is the remainder of a word by a generator, by long division from the highest bit.
func divided(word, generator int) int {
	for n := bits.Len(uint(generator)); bits.Len(uint(word)) >= n; {
		word ^= generator << (bits.Len(uint(word)) - n)
	}
	return word
}

func structureOf(c *Code, v int) error {
	last := c.size - 1
	finder := []string{"1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"}
	for y, row := range finder {
		for x := range row {
			want := row[x] == '1'
			if c.Dark(x, y) != want || c.Dark(last-6+x, y) != want || c.Dark(x, last-6+y) != want {
				return fmt.Errorf("finders differ at %d, %d", x, y)
			}
		}
	}
	for i := range 8 { // the light border of the finders
		if c.Dark(i, 7) || c.Dark(7, i) || c.Dark(last-i, 7) || c.Dark(last-7, i) || c.Dark(i, last-7) || c.Dark(7, last-i) {
			return fmt.Errorf("border of a finder is dark at %d", i)
		}
	}
	for i := 8; i <= last-8; i++ {
		if c.Dark(i, 6) != (i%2 == 0) || c.Dark(6, i) != (i%2 == 0) {
			return fmt.Errorf("timing is broken at %d", i)
		}
	}
	if !c.Dark(8, last-7) {
		return fmt.Errorf("the module that is always dark is light")
	}
	if v >= 7 {
		word := 0
		for i := range 18 {
			if c.Dark(c.size-11+i%3, i/3) != c.Dark(i/3, c.size-11+i%3) {
				return fmt.Errorf("version bits differ at %d", i)
			}
			if c.Dark(i/3, c.size-11+i%3) {
				word |= 1 << i
			}
		}
		if word>>12 != v || divided(word, 0x1F25) != 0 {
			return fmt.Errorf("version bits are %018b", word)
		}
	}
	return nil
}

// function tells what carries no data, from the standard's description, not from the drawing.
func function(x, y, v int) bool {
	size := 17 + 4*v
	if x == 6 || y == 6 || x < 9 && y < 9 || x >= size-8 && y < 9 || x < 9 && y >= size-8 {
		return true
	}
	if v >= 7 && (x >= size-11 && y < 6 || y >= size-11 && x < 6) {
		return true
	}
	centres := versions[v-1].align
	for _, cx := range centres {
		for _, cy := range centres {
			if nearFinder := cx < 9 && cy < 9 || cx < 9 && cy > size-10 || cx > size-10 && cy < 9; nearFinder {
				continue
			}
			if max(cx-x, x-cx, cy-y, y-cy) <= 2 {
				return true
			}
		}
	}
	return false
}

func readModules(c *Code, v, mask int) []byte {
	formula := []func(i, j int) int{
		func(i, j int) int { return (i + j) % 2 }, func(i, _ int) int { return i % 2 }, func(_, j int) int { return j % 3 }, func(i, j int) int { return (i + j) % 3 },
		func(i, j int) int { return (i/2 + j/3) % 2 }, func(i, j int) int { return i*j%2 + i*j%3 }, func(i, j int) int { return (i*j%2 + i*j%3) % 2 }, func(i, j int) int { return ((i+j)%2 + i*j%3) % 2 }}[mask]
	var out []byte
	n := 0
	for pair := 0; ; pair++ {
		right := c.size - 1 - 2*pair
		if right <= 6 {
			right--
		}
		if right < 0 {
			return out[:n/8]
		}
		for i := range c.size {
			y := i
			if pair%2 == 0 {
				y = c.size - 1 - i
			}
			for x := right; x > right-2 && x >= 0; x-- {
				if function(x, y, v) {
					continue
				}
				if n%8 == 0 {
					out = append(out, 0)
				}
				if c.Dark(x, y) != (formula(y, x) == 0) {
					out[n/8] |= 0x80 >> (n % 8)
				}
				n++
			}
		}
	}
}

// blocksOf puts the interleaved codewords apart and refuses a block whose syndromes are not all zero.
func blocksOf(raw []byte, v version) ([]byte, error) {
	count := v.blocks + v.longer
	if want := v.capacity() + count*v.parity; len(raw) != want {
		return nil, fmt.Errorf("%d codewords, want %d", len(raw), want)
	}
	blocks := make([][]byte, count)
	at := 0
	for i := range v.len + 1 {
		for b := range blocks {
			if i == v.len && b < v.blocks {
				continue
			}
			blocks[b] = append(blocks[b], raw[at])
			at++
		}
	}
	var data []byte
	for b := range blocks {
		data = append(data, blocks[b]...)
		for i := range v.parity {
			blocks[b] = append(blocks[b], raw[at+i*count+b])
		}
		root := byte(1)
		for i := range v.parity {
			sum := byte(0)
			for _, c := range blocks[b] {
				sum = product(sum, root) ^ c
			}
			if sum != 0 {
				return nil, fmt.Errorf("block %d: syndrome %d is %d", b, i, sum)
			}
			root = product(root, 2)
		}
	}
	return data, nil
}

func textOf(data []byte, v int) (string, error) {
	at := 0
	take := func(n int) int {
		out := 0
		for range n {
			out = out<<1 | int(data[at/8]>>(7-at%8)&1)
			at++
		}
		return out
	}
	var b strings.Builder
	switch mode := take(4); mode {
	case 4:
		for n := take(width(v, 8, 16)); n > 0; n-- {
			b.WriteByte(byte(take(8)))
		}
	case 2:
		n := take(width(v, 9, 11))
		for ; n > 1; n -= 2 {
			pair := take(11)
			b.WriteString(alphanumeric[pair/45:][:1] + alphanumeric[pair%45:][:1])
		}
		if n == 1 {
			b.WriteString(alphanumeric[take(6):][:1])
		}
	default:
		return "", fmt.Errorf("mode %d", mode)
	}
	return b.String(), nil
}

// slowPenalty weighs with strings what penalty weighs with bits.
func slowPenalty(c *Code) int {
	var lines []string
	for a := range c.size {
		var row, column strings.Builder
		for b := range c.size {
			row.WriteByte("01"[dark(c, b, a)])
			column.WriteByte("01"[dark(c, a, b)])
		}
		lines = append(lines, row.String(), column.String())
	}
	sum, darks := 0, 0
	for i, line := range lines {
		for from := 0; from < len(line); {
			n := len(line[from:]) - len(strings.TrimLeft(line[from:], line[from:from+1]))
			if n >= 5 {
				sum += n - 2
			}
			from += n
		}
		for from := range line {
			if strings.HasPrefix(line[from:], "10111010000") || strings.HasPrefix(line[from:], "00001011101") {
				sum += 40
			}
		}
		if i%2 == 0 {
			darks += strings.Count(line, "1")
		}
	}
	for y := 1; y < c.size; y++ {
		for x := 1; x < c.size; x++ {
			if n := dark(c, x, y) + dark(c, x-1, y) + dark(c, x, y-1) + dark(c, x-1, y-1); n%4 == 0 {
				sum += 3
			}
		}
	}
	percent := darks * 100 / (c.size * c.size)
	return sum + 10*(max(percent-50, 50-percent)/5)
}

func dark(c *Code, x, y int) int {
	if c.Dark(x, y) {
		return 1
	}
	return 0
}
