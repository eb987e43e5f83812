package family_test

import (
	"testing"

	"seteli/web/daycare/family"
	"seteli/web/ui/uitest"
)

func TestEveryPageRendersInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&family.Pages{}).Audience())
}
