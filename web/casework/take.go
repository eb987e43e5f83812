package casework

import (
	"seteli/core/fault"
	"seteli/domain/decision"
	"seteli/web/ui"
)

// take puts the faults of a use case on the form, as Form.Take does. A decision beyond the actor's power is one of them: what was written
// stays on the page, from where it can be saved as a proposal.
func take(f *ui.Form, err error) bool {
	if !decision.BeyondPower(err) {
		return f.Take(err)
	}
	for _, one := range fault.All(err) {
		f.Refuse(one)
	}
	return true
}
