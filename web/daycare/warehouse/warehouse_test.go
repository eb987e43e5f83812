package warehouse_test

import (
	"testing"

	"seteli/web/daycare/warehouse"
	"seteli/web/ui/uitest"
)

func TestEveryPageRendersInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&warehouse.Pages{}).Audience())
}
