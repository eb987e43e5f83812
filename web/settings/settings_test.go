package settings_test

import (
	"testing"

	"seteli/web/settings"
	"seteli/web/ui/uitest"
)

func TestPagesRenderInEveryLanguage(t *testing.T) {
	t.Parallel()
	uitest.Pages(t, (&settings.Pages{}).Audience())
}
