// Package cases lets golden cases of law and calendar run against package decision: one adapter of a few lines for each kind,
// which reads the case, calls the engine and names the result's fields. It computes nothing itself.
package cases

import (
	"seteli/domain/decision"
	"seteli/domain/rulebook/golden"
)

// Kinds are the kinds of law and calendar by name.
func Kinds() golden.Kinds {
	return golden.Kinds{"legal_basis": legalBasis, "appeal_deadline": appealDeadline}
}

func legalBasis(in, _ golden.Node) (golden.Result, error) {
	law, err := decision.Basis(decision.Field(in.At("service_field").Text()), in.At("decision_date").Date())
	return golden.Fields(map[string]any{"act": law.Act}), err
}

func appealDeadline(in, p golden.Node) (golden.Result, error) {
	terms := decision.Terms{Days: limit(p.At("days")), Letter: limit(p.At("letter_days")), Electronic: limit(p.At("electronic_days"))}
	channel := decision.Channel(in.At("channel").Text())
	received, known := terms.Received(channel, in.At("sent_on").Date())
	if !known {
		in.At("channel").Wrong("letter, electronic or handed_over")
		return golden.Result{}, nil
	}
	return golden.Fields(map[string]any{"deemed_received_on": received, "last_day": terms.Deadline(received)}), nil
}

// limit is a number of days; null is none, ten years are longer than any.
func limit(n golden.Node) int {
	if n.Null() {
		return 0
	}
	days := n.Int()
	if days < 0 || days > 3660 {
		n.Wrong("a number of days")
		return 0
	}
	return days
}
