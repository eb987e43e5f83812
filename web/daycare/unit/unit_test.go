package unit_test

import (
	"testing"

	"seteli/web/daycare/unit"
	"seteli/web/ui/uitest"
)

func TestPagesRenderInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&unit.Pages{}).Audience())
}
