package cases

import (
	"slices"

	"seteli/core/calendar"
	"seteli/domain/daycare"
	"seteli/domain/rulebook/golden"
)

func assistanceSplit(in, _ golden.Node) (golden.Result, error) {
	before, added := daycare.SupportSplit(in.At("base_value_cents").Cents(), in.At("value_coefficient").RateOr("1"), in.At("assistance_coefficient").RateOr("1"),
		in.At("voucher_value_cents").Cents(), in.At("realised_cents").Cents())
	return golden.Fields(map[string]any{"before_assistance_cents": before, "assistance_cents": added}), nil
}

func settlementStatement(in, _ golden.Node) (golden.Result, error) {
	var book daycare.Book
	for _, e := range in.At("events").List() {
		if err := apply(&book, e); err != nil {
			return golden.Result{}, err
		}
		if in.Err() != nil {
			return golden.Result{}, in.Err()
		}
	}
	statements := []map[string]any{}
	for _, q := range in.At("statements").List() {
		rows := asked(book.Statement(q.At("month").Month()), q)
		list := []map[string]any{}
		for _, r := range rows {
			list = append(list, map[string]any{"type": r.Type, "child": r.Child, "unit": r.Unit, "from": r.From, "to": r.Last(),
				"voucher_value_cents": r.Value, "final_own_share_cents": r.OwnShare, "amount_cents": r.Amount})
		}
		statements = append(statements, map[string]any{"rows": list, "total_cents": daycare.Total(rows)})
	}
	return golden.Fields(map[string]any{"statements": statements}), nil
}

func apply(book *daycare.Book, e golden.Node) error {
	switch e.At("event").Text() {
	case "send":
		d := e.At("decision")
		value, own := d.At("voucher_value_cents").Cents(), d.At("final_own_share_cents").CentsOr(0)
		sent := daycare.SentDecision{ID: d.At("id").Text(), Child: d.At("child").Text(), Unit: d.At("unit").TextOr(""), Period: d.Period(),
			Value: value, OwnShare: own, Payable: value - own}
		if e.Err() == nil {
			book.Send(sent)
		}
	case "set_end":
		return book.SetEnd(e.At("decision").Text(), end(e.At("to")))
	case "annul":
		return book.Annul(e.At("decision").Text())
	case "close_month":
		if m := e.At("month").Month(); e.Err() == nil {
			book.Close(m)
		}
	default:
		e.At("event").Wrong("send, set_end, annul or close_month")
	}
	return nil
}

// asked keeps the rows of a unit and of some months; null asks for all.
func asked(rows []daycare.StatementRow, q golden.Node) []daycare.StatementRow {
	unit, months := q.At("unit"), q.At("only_months")
	var only []calendar.Month
	for _, m := range months.List() {
		only = append(only, m.Month())
	}
	return slices.DeleteFunc(rows, func(r daycare.StatementRow) bool {
		return !unit.Null() && r.Unit != unit.Text() || !months.Null() && !slices.Contains(only, r.Month())
	})
}

func cancelRows(in, _ golden.Node) (golden.Result, error) {
	var rows []daycare.StatementRow
	for i, r := range in.At("rows").List() {
		rows = append(rows, daycare.StatementRow{Type: daycare.RowType(r.At("type").Text()), Child: r.At("child").TextOr(""), Unit: r.At("unit").TextOr(""),
			Period: r.Period(), Amount: r.At("amount_cents").Cents(), Entry: i})
	}
	left := []map[string]any{}
	for _, r := range daycare.Cancel(rows) {
		left = append(left, map[string]any{"child": r.Child, "unit": r.Unit, "from": r.From, "to": last(r.Period), "type": r.Type, "amount_cents": r.Amount})
	}
	return golden.Fields(map[string]any{"rows": left}), nil
}

func paymentBatch(in, par golden.Node) (golden.Result, error) {
	payments, selected := readPayments(in.At("payments")), texts(in.At("select"))
	fields := map[string]any{}
	var all []daycare.UnitPayment
	var err error
	switch in.At("action").Text() {
	case "create_drafts":
		var month calendar.Month
		var carried []daycare.UnitAmount
		closed, totals, carriedIn := readTotals(in, par)
		month, all, carried, err = daycare.DraftPayments(closed, totals, payments, carriedIn)
		list := []map[string]any{}
		for _, c := range carried {
			list = append(list, map[string]any{"unit": c.Unit, "amount_cents": c.Amount})
		}
		fields["carried"], fields["from"], fields["to"] = list, month.Period().From, month.Period().Last()
	case "confirm":
		all, err = daycare.ConfirmPayments(payments, selected)
	case "revert":
		all, err = daycare.RevertPayments(payments, selected)
	case "delete":
		all, err = daycare.DeletePayments(payments, selected)
	case "send":
		var blocked []string
		all, blocked, err = daycare.SendPayments(payments, selected, texts(in.At("units_with_bank_details")), intOr(par.At("next_number"), 1))
		fields["blocked"] = listed(blocked)
	default:
		in.At("action").Wrong("create_drafts, confirm, revert, send or delete")
	}
	if err != nil {
		return onlyError(err)
	}
	rows := []map[string]any{}
	for _, p := range all {
		rows = append(rows, map[string]any{"id": p.ID, "unit": p.Unit, "month": p.Month.String(), "amount_cents": p.Amount, "status": p.State, "number": p.Number})
	}
	fields["error"], fields["payments"] = nil, rows
	return golden.Fields(fields), nil
}

func readPayments(n golden.Node) []daycare.UnitPayment {
	var list []daycare.UnitPayment
	for _, p := range n.List() {
		payment := daycare.UnitPayment{ID: p.At("id").TextOr(""), Unit: p.At("unit").Text(), Month: p.At("month").Month(),
			Amount: p.At("amount_cents").CentsOr(0), State: daycare.PaymentState(p.At("status").TextOr(string(daycare.PaymentDraft)))}
		if number := p.At("number"); !number.Null() {
			n := number.Int()
			payment.Number = &n
		}
		list = append(list, payment)
	}
	return list
}

func readTotals(in, par golden.Node) (closed []calendar.Month, totals []daycare.MonthTotal, carried []daycare.UnitAmount) {
	for _, m := range in.At("closed_months").List() {
		closed = append(closed, m.Month())
	}
	for _, t := range in.At("unit_totals").List() {
		totals = append(totals, daycare.MonthTotal{UnitAmount: unitAmount(t), Month: t.At("month").Month()})
	}
	for _, c := range par.At("carried_in").List() {
		carried = append(carried, unitAmount(c))
	}
	return closed, totals, carried
}

func unitAmount(n golden.Node) daycare.UnitAmount {
	return daycare.UnitAmount{Unit: n.At("unit").Text(), Amount: n.At("amount_cents").CentsOr(0)}
}
