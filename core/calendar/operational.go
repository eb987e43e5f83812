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

// AppealDeadline gives the day on which a decision counts as received and the last day on which it can be appealed.
// A message counts as received so many calendar days after it was sent (a letter 7, an electronic message 3, handed over 0),
// whatever weekday that is; it is not counted into the days of the limit, and a limit never ends on a closed day.
func AppealDeadline(sent Date, wait, days int) (received, last Date) {
	received = sent + Date(wait)
	return received, Deadline(received, days)
}
