package access_test

import (
	"testing"
	"time"

	"seteli/core/fault"
	"seteli/platform/access"
)

func TestTheTableIsSound(t *testing.T) {
	t.Parallel()
	seen := map[access.Right]bool{}
	for _, row := range access.Table() {
		if seen[row.Right] || len(row.Roles) == 0 {
			t.Errorf("%s is listed twice or for nobody", row.Right)
		}
		seen[row.Right] = true
		roles := map[access.Role]bool{}
		for _, r := range row.Roles {
			if roles[r] || r.Side() == access.Nobody || r == access.SystemRole {
				t.Errorf("%s: role %q is listed twice, unknown or the system's", row.Right, r)
			}
			roles[r] = true
		}
	}
	for _, c := range []struct {
		role  access.Role
		right access.Right
		may   bool
	}{
		{access.Signatory, access.ApplicationSign, true}, {access.ProviderMainUser, access.ApplicationSign, false},
		{access.Preparer, access.PricePropose, false}, {access.Preparer, access.BankAccountEdit, false},
		{access.SettlementPreparer, access.SettlementRelease, false}, {access.SettlementApprover, access.SettlementPrepare, false},
		{access.StatisticsReader, access.ClientRead, false}, {access.Operator, access.ClientRead, false},
		{access.Recorder, access.ClientIncome, false}, {access.PrivacyOfficer, access.ClientEdit, false},
		{access.ApplicationHandler, access.ApplicationDecide, false}, {access.MainUser, access.SettlementApprove, false},
		{"invented", access.OfferRead, false}, {access.SystemRole, "invented.right", false},
	} {
		if got := access.RoleMay(c.role, c.right); got != c.may {
			t.Errorf("%s may %s: %v", c.role, c.right, got)
		}
	}
}

func TestMayBindsToTheOrganiser(t *testing.T) {
	t.Parallel()
	caseworker := access.Actor{Account: 1, Role: access.Caseworker, Organiser: 17}
	recorder := access.Actor{Account: 2, Role: access.Recorder, Provider: 9}
	key := access.Actor{APIKey: 3, Role: access.Caseworker, Organiser: 17, Scopes: []access.Right{access.VoucherRead}}
	for name, c := range map[string]struct {
		actor     access.Actor
		right     access.Right
		organiser int32
		code      string
	}{
		"own organiser":               {caseworker, access.VoucherGrant, 17, ""},
		"another organiser":           {caseworker, access.VoucherGrant, 18, "ACC-001"},
		"a right of others":           {caseworker, access.SettlementRelease, 17, "ACC-001"},
		"provider in any organiser":   {recorder, access.EventRecord, 18, ""},
		"visitor":                     {access.Actor{}, access.OfferRead, 0, "ACC-002"},
		"job in its organiser":        {access.System("x", 17), access.VoucherClose, 17, ""},
		"job in another organiser":    {access.System("x", 17), access.VoucherClose, 18, "ACC-001"},
		"national job":                {access.System("x", 0), access.VoucherClose, 18, ""},
		"key within its scopes":       {key, access.VoucherRead, 17, ""},
		"key beyond its scopes":       {key, access.VoucherGrant, 17, "ACC-001"},
		"key in another organiser":    {key, access.VoucherRead, 18, "ACC-001"},
		"operator manages organisers": {access.Actor{Role: access.Operator}, access.OrganiserManage, 18, ""},
	} {
		if err := c.actor.May(c.right, c.organiser); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %q", name, err, c.code)
		}
	}
}

func TestScopeFollowsTheSide(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		actor access.Actor
		want  access.Within
	}{
		{access.Actor{Role: access.Caseworker, Organiser: 17, Provider: 9, Person: 3}, access.Within{Organiser: 17}},
		{access.Actor{Role: access.Recorder, Organiser: 17, Provider: 9, Person: 3}, access.Within{Provider: 9}},
		{access.Actor{Role: access.Representative, Organiser: 17, Provider: 9, Person: 3}, access.Within{Person: 3}},
		{access.Actor{Role: access.Operator, Organiser: 17, Provider: 9, Person: 3}, access.Within{}},
		{access.Actor{Organiser: 17, Provider: 9, Person: 3}, access.Within{}},
		{access.System("x", 17), access.Within{Organiser: 17}},
	} {
		o, p, n := c.actor.Scope()
		if (access.Within{Organiser: o, Provider: p, Person: n}) != c.want {
			t.Errorf("%s reads under %d, %d, %d", c.actor.Role, o, p, n)
		}
	}
}

func TestSensitiveActsNeedAFreshSignInAndTwoPeople(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	approver := access.Actor{Account: 1, Role: access.SettlementApprover, Organiser: 17, SignedIn: now.Add(-15 * time.Minute)}
	if err := approver.MayNow(access.SettlementRelease, 17, now); err != nil {
		t.Error(err)
	}
	if err := approver.MayNow(access.SettlementRelease, 17, now.Add(time.Second)); fault.CodeOf(err) != "ACC-003" {
		t.Errorf("an old sign-in: %v", err)
	}
	key := access.Actor{APIKey: 1, Role: access.SettlementApprover, Organiser: 17, Scopes: []access.Right{access.SettlementRelease}}
	if err := key.MayNow(access.SettlementRelease, 17, now); fault.CodeOf(err) != "ACC-003" {
		t.Errorf("a program released payments: %v", err)
	}
	if err := approver.NotSame(1); fault.CodeOf(err) != "ACC-004" {
		t.Errorf("one person did both halves: %v", err)
	}
	if err := approver.NotSame(2); err != nil {
		t.Error(err)
	}
}

func TestTeamsAndUnitsBoundWhatIsSeen(t *testing.T) {
	t.Parallel()
	bound := access.Actor{Role: access.Recorder, Teams: []int64{4, 5}, Units: []int64{8}}
	if !bound.SeesService([]int64{5, 6}) || bound.SeesService([]int64{6}) || bound.SeesService(nil) || bound.SeesTeam(6) || bound.SeesUnit(9) || !bound.SeesUnit(8) {
		t.Error("a recorder sees more or less than the own teams and units")
	}
	if (access.Actor{Role: access.Recorder}).SeesService([]int64{4}) || (access.Actor{Role: access.Recorder}).SeesTeam(4) {
		t.Error("a recorder without a team sees services")
	}
	if free := (access.Actor{Role: access.Caseworker}); !free.SeesService([]int64{4}) || !free.SeesUnit(1) || !free.SeesTeam(1) {
		t.Error("an unbound caseworker does not see all")
	}
}
