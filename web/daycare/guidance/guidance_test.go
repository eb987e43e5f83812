package guidance_test

import (
	"testing"

	"seteli/web/casework"
	"seteli/web/daycare/family"
	"seteli/web/daycare/guidance"
	"seteli/web/daycare/place"
	"seteli/web/ui/uitest"
)

func TestEveryPageRendersInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&guidance.Pages{}).Audience(), (&place.Pages{}).Audience(), (&family.Pages{}).Audience(), (&casework.Pages{}).Audience())
}
