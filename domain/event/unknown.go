package event

// UnknownNumber is the verdict on a line whose voucher number leads to no organiser: the same as on a number that is not
// reserved to the sender, so that nobody learns anything by trying.
func UnknownNumber(l *Line) Verdict {
	return Verdict{State: Rejected, Findings: []Finding{found("REL-02", "voucher", "number", l.Number)}}
}
