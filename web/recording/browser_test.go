package recording_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seteli/core/calendar"
	"seteli/domain/event"
	"seteli/domain/event/eventtest"
	"seteli/web/browser"
)

// TestPagesAreAccessible looks at the pages with axe, at 320 px and on the console.
func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	w := eventtest.New(t)
	v := w.Voucher(eventtest.Spec{})
	one := w.Record(event.Line{Number: v.Number, Date: calendar.Day(2026, 11, 10), Quantity: quantity(21)})[0].Event
	_, waiting := inReview(w, 0)
	p := as(t, w, w.Recorder())
	p.upload("/fi/import", "kaynnit.csv", "Seteli;Pvm;Tunnit\n"+v.Number+";46336;1\n"+v.Number+";24.12.2026;1\n")
	p.upload("/fi/import", "toinen.csv", "Seteli;Pvm;Tunnit\n"+v.Number+";11.12.2026;1\n"+v.Number+";12.10.2026;2\n")
	c := as(t, w, w.Checker(1))
	b := browser.Start(t)
	look := func(p *person, paths ...string) {
		for _, path := range paths {
			page := browser.Page{URL: p.server.URL + path}
			for _, v := range b.Axe(t, page) {
				t.Errorf("%s: %s", path, v)
			}
			if wide := b.Reflow(t, page); wide != 0 {
				t.Errorf("%s is %d px too wide at 320 px", path, wide)
			}
			for _, line := range b.Console(t, page) {
				t.Errorf("%s: %s", path, line)
			}
			if dir := os.Getenv("SETELI_PICTURES"); dir != "" {
				for _, width := range []int64{1240, 375} {
					name := strings.ReplaceAll(strings.Trim(path, "/"), "/", "-") + fmt.Sprint("-", width, ".png")
					if err := os.WriteFile(filepath.Join(dir, name), b.Picture(t, browser.Page{URL: page.URL, Width: width}), 0o600); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	look(p, "/fi/reservations", "/fi/reservations/new", "/fi/reservations/1/1/record", "/fi/events", fmt.Sprintf("/fi/events/1/%d", one), fmt.Sprintf("/fi/events/1/%d/edit", one), "/fi/import", "/fi/import/1", "/fi/import/2")
	look(c, "/fi/review", fmt.Sprintf("/fi/review/%d", waiting), "/fi/checked")
}
