package finance_test

import (
	"testing"

	"seteli/web/finance"
	"seteli/web/ui/uitest"
)

func TestPagesRenderInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&finance.Pages{}).Audience())
}
