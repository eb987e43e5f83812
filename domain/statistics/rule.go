package statistics

import (
	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/event"
)

// Least is the smallest number of clients that is told: from fewer, people could be recognised.
const Least = 5

// Tell takes out what may not be told. A line of 1–4 clients is Few: its number of clients is told to nobody, and to those who do not see
// settlements anyway (who see each statement) none of its figures. When one line alone is hidden the total minus the others would tell it,
// so the smallest of the others is hidden with it, and when there is no other, the total.
func Tell(lines []Line, total Line, settles bool) ([]Line, Line) {
	out := make([]Line, len(lines))
	hidden := 0
	for i, l := range lines {
		if l.Clients > 0 && l.Clients < Least {
			l.Few, l.Clients = true, 0
			if !settles {
				l = blank(l)
				hidden++
			}
		}
		out[i] = l
	}
	if total.Clients > 0 && total.Clients < Least {
		total.Few, total.Clients = true, 0
		if !settles {
			return blankAll(out), blank(total)
		}
	}
	if hidden != 1 {
		return out, total
	}
	smallest := -1
	for i, l := range out {
		if !l.Hidden && (smallest < 0 || l.Clients < out[smallest].Clients) {
			smallest = i
		}
	}
	if smallest < 0 {
		return out, blank(total)
	}
	out[smallest] = blank(out[smallest])
	return out, total
}

func blank(l Line) Line { return Line{Service: l.Service, Names: l.Names, Few: l.Few, Hidden: true} }

func blankAll(lines []Line) []Line {
	for i := range lines {
		lines[i] = blank(lines[i])
	}
	return lines
}

// Forecast is the rest of a year as the last months went.
type Forecast struct {
	Monthly money.Cents // mean of the last whole months, at most three, rounded half up to the cent
	Months  int         // how many months it was taken from; 0 = too early to tell
	Total   money.Cents // of the year: what is spent and the forecast of the rest
}

// forecast continues the year: the month under way is at least what is spent in it, the ones to come are the mean.
func forecast(spent [12]money.Cents, through int) Forecast {
	whole := through - 1 // the last begun month is under way
	if through == 12 {
		whole = 11
	}
	var f Forecast
	var sum money.Cents
	for m := max(0, whole-3); m < whole; m++ {
		sum += spent[m]
		f.Months++
	}
	if f.Months == 0 {
		return Forecast{}
	}
	n := money.Cents(f.Months)
	f.Monthly = (2*sum + n) / (2 * n)
	for m := range 12 {
		switch {
		case m < whole:
			f.Total += spent[m]
		case m < through:
			f.Total += max(spent[m], f.Monthly)
		default:
			f.Total += f.Monthly
		}
	}
	return f
}

// Cumulative gives the sums from the beginning of the year; forecast ones from the month under way on.
func (s Spending) Cumulative() (spent, foreseen []money.Cents) {
	spent, foreseen = make([]money.Cents, s.Through), make([]money.Cents, 0, 12)
	var sum money.Cents
	for m := range s.Through {
		sum += s.Spent[m]
		spent[m] = sum
	}
	if s.Forecast.Months == 0 || s.Through == 0 {
		return spent, nil
	}
	sum = 0
	for m := range 12 {
		switch {
		case m < s.Through-1:
			sum += s.Spent[m]
		case m == s.Through-1:
			sum += max(s.Spent[m], s.Forecast.Monthly)
		default:
			sum += s.Forecast.Monthly
		}
		foreseen = append(foreseen, sum)
	}
	return spent, foreseen
}

// Age is how many events have waited for a check that long: From days to To, To 0 = or longer.
type Age struct {
	From, To int
	Count    int64
}

// ages sorts what waits into the classes that people speak of: today's and yesterday's, this week, two weeks, a month, longer.
func ages(waiting []event.Waiting, today calendar.Date) (list []Age, total int64) {
	list = []Age{{From: 0, To: 2}, {From: 3, To: 7}, {From: 8, To: 14}, {From: 15, To: 30}, {From: 31}}
	for _, w := range waiting {
		days := max(0, int(today-w.Day))
		for i := len(list) - 1; i >= 0; i-- {
			if days >= list[i].From {
				list[i].Count += w.Count
				break
			}
		}
		total += w.Count
	}
	return list, total
}
