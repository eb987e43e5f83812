package rules_test

import (
	"testing"

	"seteli/web/daycare/rules"
	"seteli/web/ui/uitest"
)

func TestEveryPageRendersInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&rules.Pages{}).Audience())
}
