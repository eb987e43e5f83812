package qr

// drawing is a code on its way: modules that belong to its structure are fixed, the others carry data.
type drawing struct {
	Code
	fixed []bool
}

func (d *drawing) set(x, y int, dark bool) {
	d.dark[y*d.size+x] = dark
	d.fixed[y*d.size+x] = true
}

// best draws the codewords with each of the eight masks and takes the one that readers find easiest.
func best(v int, codewords []byte) *Code {
	var chosen *Code
	least := 0
	for mask := range 8 {
		c := draw(v, codewords, mask)
		if p := c.penalty(); chosen == nil || p < least {
			chosen, least = c, p
		}
	}
	return chosen
}

func draw(v int, codewords []byte, mask int) *Code {
	size := 17 + 4*v
	d := &drawing{Code{size, make([]bool, size*size), mask}, make([]bool, size*size)}
	d.structure(v)
	d.format(mask)
	d.data(codewords, mask)
	return &d.Code
}

// structure draws what finds and measures the code: finders, timing, alignment, and from version 7 on the version itself.
func (d *drawing) structure(v int) {
	last := d.size - 1
	for i := range d.size {
		d.set(i, 6, i%2 == 0)
		d.set(6, i, i%2 == 0)
	}
	for _, at := range [][2]int{{3, 3}, {last - 3, 3}, {3, last - 3}} {
		for dy := -4; dy <= 4; dy++ {
			for dx := -4; dx <= 4; dx++ {
				x, y := at[0]+dx, at[1]+dy
				if ring := max(dx, -dx, dy, -dy); x >= 0 && y >= 0 && x <= last && y <= last {
					d.set(x, y, ring != 2 && ring != 4)
				}
			}
		}
	}
	align := versions[v-1].align
	for i, x := range align {
		for j, y := range align {
			corner := len(align) - 1
			if i == 0 && j == 0 || i == 0 && j == corner || i == corner && j == 0 {
				continue // a finder stands there
			}
			for dy := -2; dy <= 2; dy++ {
				for dx := -2; dx <= 2; dx++ {
					d.set(x+dx, y+dy, max(dx, -dx, dy, -dy) != 1)
				}
			}
		}
	}
	if v < 7 {
		return
	}
	word := v<<12 | remainder(v, 12, 0x1F25)
	for i := range 18 {
		dark := word>>i&1 == 1
		d.set(last-10+i%3, i/3, dark)
		d.set(i/3, last-10+i%3, dark)
	}
}

// remainder of value·2^n by a generator of degree n: the check bits of format and version.
func remainder(value, n, generator int) int {
	rest := value
	for range n {
		rest = rest<<1 ^ (rest>>(n-1))*generator
	}
	return rest
}

// format draws level M and the mask, twice.
func (d *drawing) format(mask int) {
	const levelM = 0
	data := levelM<<3 | mask
	word := (data<<10 | remainder(data, 10, 0x537)) ^ 0x5412
	last := d.size - 1
	for i := range 15 {
		dark := word>>i&1 == 1
		switch {
		case i < 6:
			d.set(8, i, dark)
		case i < 8:
			d.set(8, i+1, dark)
		case i == 8:
			d.set(7, 8, dark)
		default:
			d.set(14-i, 8, dark)
		}
		if i < 8 {
			d.set(last-i, 8, dark)
		} else {
			d.set(8, last-14+i, dark)
		}
	}
	d.set(8, last-7, true)
}

// data runs through the free modules in pairs of columns from the right, upwards and downwards by turns, and lays the mask over them.
func (d *drawing) data(codewords []byte, mask int) {
	n := 0
	up := true
	for right := d.size - 1; right > 0; right -= 2 {
		if right == 6 { // the column of the timing is skipped
			right--
		}
		for i := range d.size {
			y := i
			if up {
				y = d.size - 1 - i
			}
			for _, x := range [2]int{right, right - 1} {
				if d.fixed[y*d.size+x] {
					continue
				}
				dark := n < 8*len(codewords) && codewords[n/8]>>(7-n%8)&1 == 1 // what remains at the end is light
				n++
				d.dark[y*d.size+x] = dark != masked(mask, x, y)
			}
		}
		up = !up
	}
}

func masked(mask, x, y int) bool {
	switch mask {
	case 0:
		return (x+y)%2 == 0
	case 1:
		return y%2 == 0
	case 2:
		return x%3 == 0
	case 3:
		return (x+y)%3 == 0
	case 4:
		return (x/3+y/2)%2 == 0
	case 5:
		return x*y%2+x*y%3 == 0
	case 6:
		return (x*y%2+x*y%3)%2 == 0
	}
	return ((x+y)%2+x*y%3)%2 == 0
}

// penalty weighs what makes a code hard to read (ISO/IEC 18004, 7.8.3): long runs, blocks, shapes like a finder, too much of one colour.
func (c *Code) penalty() int {
	sum, dark := 0, 0
	for a := range c.size {
		sum += c.runs(func(i int) bool { return c.Dark(i, a) }) + c.runs(func(i int) bool { return c.Dark(a, i) })
		for b := range c.size {
			here := c.Dark(a, b)
			if here {
				dark++
			}
			if a+1 < c.size && b+1 < c.size && here == c.Dark(a+1, b) && here == c.Dark(a, b+1) && here == c.Dark(a+1, b+1) {
				sum += 3
			}
		}
	}
	percent := dark * 100 / (c.size * c.size)
	return sum + 10*(max(percent-50, 50-percent)/5)
}

// runs weighs one row or column.
func (c *Code) runs(at func(int) bool) int {
	sum, length := 0, 0
	for i := range c.size {
		if i > 0 && at(i) == at(i-1) {
			length++
		} else {
			length = 1
		}
		switch {
		case length == 5:
			sum += 3
		case length > 5:
			sum++
		}
	}
	const finder, light = 0b1011101, 4
	for i := 0; i+7+light <= c.size; i++ {
		word := 0
		for j := range 7 + light {
			word <<= 1
			if at(i + j) {
				word |= 1
			}
		}
		if word == finder<<light || word == finder {
			sum += 40
		}
	}
	return sum
}
