package main

import (
	"crypto/sha256"
	"encoding/json"
	"strconv"

	"seteli/domain/daycare/profile"
)

// nursery gives the own organiser a child in early education at the own provider: from its rules to an objection to a row of a closed month.
// It is another child than the person of the other pages.
func (w *whole) nursery(person int64) {
	child := strconv.FormatInt(w.number(`select max(client_id) from client where organiser_id = 1 and person_id <> $1`, person), 10)
	p, err := profile.Load("tampere")
	if err != nil {
		w.Fatal(err)
	}
	raw, err := json.Marshal(p)
	if err != nil {
		w.Fatal(err)
	}
	hash := sha256.Sum256(raw)
	if _, err := w.owner.Exec(w.Context(), `insert into daycare_rules (organiser_id, service_id, content_id, valid_from, profile, sha256, prepared_at, prepared_by_account, prepared_by, published_at, published_by_account, published_by)
		select 1, service_id, (select min(content_id) from content c where c.organiser_id = 1 and c.service_id = a.service_id), '2026-01-01', $1, $2, now(), 1, 'x', now(), 2, 'y'
		from approval a where organiser_id = 1 and provider_id = 1
			and not exists (select 1 from approval b where b.organiser_id = 1 and b.provider_id = 2 and b.service_id = a.service_id) -- the other company takes no part
		order by approval_id limit 1`, string(raw), hash[:]); err != nil {
		w.Fatal(err)
	}
	for _, sql := range []string{
		`insert into daycare_child (organiser_id, client_id, person_id, added_at, added_by) select 1, client_id, person_id, now(), 'x' from client where organiser_id = 1 and client_id = ` + child,
		`insert into daycare_decision (organiser_id, value_decision_id, child_id, person_id, unit_id, provider_id, valid_from, valid_to, value_cents, own_cents, payable_cents, sha256, decision_id, sent_at, sent_by)
			select 1, 900001, client_id, person_id, ` + w.ids["unit"] + `, 1, '2026-01-01', '2037-01-01', 96500, 4600, 91900, '\x00', ` + w.ids["decision"] + `, now(), 'x' from daycare_child where organiser_id = 1 and client_id = ` + child,
		`insert into daycare_month (organiser_id, month, row_count, total_cents, sha256, closed_at, closed_by_account, closed_by) values (1, '2026-10-01', 1, 91900, '\x00', now(), 1, 'x')`,
		`insert into daycare_month_row (organiser_id, row_id, month, kind, child_id, person_id, unit_id, provider_id, value_decision_id, valid_from, valid_to, days, month_days, value_cents, own_cents, row_cents)
			select 1, 1, '2026-10-01', 'ORIGINAL', child_id, person_id, unit_id, provider_id, value_decision_id, '2026-10-01', '2026-11-01', 22, 22, 96500, 4600, 91900 from daycare_decision where organiser_id = 1 and value_decision_id = 900001`,
		`insert into daycare_statement (organiser_id, month, unit_id, provider_id, row_count, total_cents, answer_by) select 1, month, unit_id, provider_id, 1, row_cents, '2037-01-01' from daycare_month_row where organiser_id = 1`,
		`insert into daycare_objection (organiser_id, row_id, provider_id, words, made_at, made_by) values (1, 1, 1, 'x', now(), 'y')`,
	} {
		w.exec(sql)
	}
	w.ids["month"], w.ids["line"] = "2026-10", "1"
	for _, n := range []struct{ name, sql string }{
		{"placement", `insert into daycare_placement (organiser_id, child_id, unit_id, provider_id, kind, voucher, valid_from, valid_to, added_at, added_by)
			select 1, child_id, unit_id, provider_id, 'DAYCARE', true, '2026-01-01', '2037-01-01', now(), 'x' from daycare_decision where organiser_id = 1 and value_decision_id = 900001 returning placement_id`},
		{"absence", `insert into daycare_absence (organiser_id, child_id, person_id, unit_id, provider_id, kind, valid_from, valid_to, told_at, told_by)
			select 1, child_id, person_id, unit_id, provider_id, 'sick', '2026-11-02', '2026-11-07', now(), 'x' from daycare_decision where organiser_id = 1 and value_decision_id = 900001 returning absence_id`},
	} {
		w.ids[n.name] = strconv.FormatInt(w.number(n.sql), 10)
	}
}
