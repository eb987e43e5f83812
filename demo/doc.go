// Package demo builds worlds to look at: six invented organisers with a history of months behind them, and months of a
// real size. It knows the whole spine and goes through its use cases only, on a clock that it moves; it knows no table,
// no page and no rule.
//
// Units, values and prices are figures that Finnish municipalities and counties have published; each stands in the code
// with its organiser, year and source, and none is a present price. Places, companies and people are invented: identity
// codes have individual numbers 900–999, business ids and accounts lie in ranges that nobody is given. The same seed
// gives the same people, vouchers, deliveries and sums; numbers that the database draws may differ.
package demo
