package seteli_test

import (
	"slices"
	"strings"
	"testing"
)

// floors is the order of the house: a package imports floors below its own, and on its own floor only
// packages that stand before it. Sub-packages count as their parent.
var floors = map[string][]string{
	"core":     {"fault", "money", "calendar", "ident"},
	"platform": {"i18n", "secret", "gather", "postgres", "access", "audit", "job", "sheet", "document"},
	"domain": {"organiser", "register", "catalogue", "rulebook", "ledger", "client", "decision", "admission", "voucher",
		"purchase", "event", "purse", "onetime", "daycare", "grant", "settlement", "payment", "statistics", "offer", "notice"},
}

// audiences have a package of pages each.
var audiences = []string{"public", "citizen", "provider", "organiser", "operator"}

// height of each floor; the faces share one and do not import each other.
var height = map[string]int{"core": 1, "migrations": 2, "platform": 3, "domain": 4, "web": 5, "api": 5, "integration": 5, "demo": 5, "scene": 6,
	"cmd": 7, "bench": 7, "reliability": 7} // bench wires a program of its own to measure it; reliability runs the built one and kills it

// refusal says why from may not import to; "" when it may.
func refusal(from, to string) string {
	fromFloor, fromRoom := split(from)
	toFloor, toRoom := split(to)
	switch {
	case fromFloor == toFloor && fromRoom == toRoom:
		return ""
	case testOnly(to) && !testOnly(from):
		return "it is made for tests; the program does not carry it"
	case toFloor == "internal" || fromFloor == "internal":
		return ""
	case height[fromFloor] == 0 || height[toFloor] == 0:
		return "one of the two stands on no floor; add it to floors_test.go in its place"
	case height[toFloor] > height[fromFloor]:
		return "a floor imports only floors below it (core, platform, domain, faces, cmd)"
	case height[toFloor] < height[fromFloor]:
		return ""
	}
	return refusalOnFloor(fromFloor, fromRoom, toFloor, toRoom)
}

func refusalOnFloor(fromFloor, fromRoom, toFloor, toRoom string) string {
	order, ordered := floors[fromFloor]
	switch {
	case ordered:
		f, t := slices.Index(order, fromRoom), slices.Index(order, toRoom)
		if f < 0 || t < 0 {
			return "one of the two is not on the plan of its floor; add it to floors_test.go in its place"
		}
		if t > f {
			return "on the " + fromFloor + " floor " + toRoom + " stands after " + fromRoom + "; what an act causes downstream the later package does, from the facts or the outbox"
		}
		return ""
	case fromFloor == "web" && toFloor == "web":
		if slices.Contains(audiences, toRoom) && fromRoom != "" {
			return "pages of an audience are imported by nobody on their floor; what they share is web/ui and web/assets"
		}
		return ""
	case fromFloor == "api" && toFloor == "api", fromFloor == "cmd":
		return ""
	}
	return "the faces do not import each other; cmd/seteli wires them"
}

// refusalInTest: tests may use the helpers for tests; scenes only from outside the package, as a user of it.
func refusalInTest(name, to string) string {
	if floor, _ := split(to); floor == "scene" && !strings.HasSuffix(name, "_test") {
		return "scenes are for external tests (package " + name + "_test)"
	}
	return ""
}

func split(dir string) (floor, room string) {
	parts := strings.SplitN(dir, "/", 3)
	if len(parts) == 1 {
		return parts[0], ""
	}
	return parts[0], parts[1]
}

func testOnly(dir string) bool {
	return strings.HasSuffix(dir, "test") || dir == "web/browser" || dir == "scene" || strings.HasPrefix(dir, "scene/")
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		refused  bool
	}{
		{"core/money", "core/fault", false},
		{"core/fault", "core/money", true},
		{"core/ident", "platform/i18n", true},
		{"platform/postgres", "migrations", false},
		{"platform/postgres/postgrestest", "platform/postgres", false},
		{"platform/postgres", "platform/access", true},
		{"domain/voucher", "domain/event", true},
		{"domain/event", "domain/voucher", false},
		{"domain/voucher", "domain/voucher/db", false},
		{"domain/voucher", "web/ui", true},
		{"domain/voucher", "platform/postgres/postgrestest", true},
		{"domain/surprise", "domain/voucher", true},
		{"web/citizen", "web/ui", false},
		{"web/citizen", "web/provider", true},
		{"web/ui", "web/assets", false},
		{"web/ui", "web/citizen", true},
		{"web/citizen", "domain/notice", false},
		{"web/ui", "api", true},
		{"integration/ytj", "integration/vtj", true},
		{"integration/ytj", "domain/register", false},
		{"scene", "domain/voucher", false},
		{"scene", "platform/postgres/postgrestest", false},
		{"web/organiser", "scene", true},
		{"cmd/seteli", "web/citizen", false},
		{"demo", "domain/payment", false},
		{"demo", "integration/bank", true},
		{"cmd/seteli", "demo", false},
		{"web/ui", "demo", true},
		{"bench", "api", false},
		{"bench", "migrations", false},
		{"bench", "platform/postgres/postgrestest", true},
		{"domain/event", "bench", true},
		{"web/ui", "web/browser", true},
		{"surprise/package", "core/fault", true},
	} {
		if reason := refusal(c.from, c.to); (reason != "") != c.refused {
			t.Errorf("%s imports %s: %q", c.from, c.to, reason)
		}
	}
	if refusalInTest("voucher", "scene") == "" || refusalInTest("voucher_test", "scene") != "" {
		t.Error("scenes are for external tests only")
	}
}
