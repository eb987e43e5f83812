package month_test

import (
	"testing"

	"seteli/web/daycare/month"
	"seteli/web/daycare/unit"
	"seteli/web/ui/uitest"
)

func TestPagesRenderInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&month.Pages{}).Audience(), (&unit.Pages{}).Audience())
}
