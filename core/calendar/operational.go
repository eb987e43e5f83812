package calendar

// Operational reports a day on which offices and daycare work and on which a statutory time limit may end: the days that
// are closed for banks are closed for them too, Midsummer Eve and Christmas Eve among them (150/1930, 5 §).
func Operational(d Date) bool { return BankDay(d) }

// OperationalOnOrAfter is d itself when it is an operational day, else the first one after it.
func OperationalOnOrAfter(d Date) Date { return NextBankDay(d) }

// OperationalDays counts the operational days of a period.
func OperationalDays(p Period) int {
	n := 0
	for d := p.From; d < p.To; d++ {
		if Operational(d) {
			n++
		}
	}
	return n
}
