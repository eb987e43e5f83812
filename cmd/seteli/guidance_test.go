package main

import (
	"strconv"

	"seteli/platform/secret"
)

// applies lets the person of the pages be the guardian of a child who has been offered a place in a unit of the own provider. The
// application and the proposal have the numbers of other things of the same name, so that one address names both.
func (w *whole) applies() {
	adult := w.ids["client"]
	ward := strconv.FormatInt(w.number(`select min(client_id) from client where organiser_id = 1 and client_id <> `+adult), 10)
	w.ids["ward"], w.ids["adult"] = ward, adult
	var id string
	for _, sql := range []string{
		`insert into daycare_child (organiser_id, client_id, person_id, added_at, added_by) select 1, client_id, person_id, now(), 'z' from client where organiser_id = 1 and client_id = ` + ward,
		`insert into daycare_guardian (organiser_id, child_id, adult_id, person_id, valid_from, valid_to, source, added_at, added_by)
			select 1, ` + ward + `, client_id, person_id, '2026-01-01', '9999-12-31', 'x', now(), 'z' from client where organiser_id = 1 and client_id = ` + adult,
		`insert into daycare_unit (organiser_id, unit_id, provider_id, way, kind, listed, about, changed_at, changed_by) values (1, ` + w.ids["unit"] + `, 1, 'voucher', 'DAYCARE', true, 'x', now(), 'z')`,
		`insert into daycare_placement (organiser_id, child_id, unit_id, provider_id, kind, voucher, valid_from, valid_to, added_at, added_by)
			values (1, ` + ward + `, ` + w.ids["unit"] + `, 1, 'DAYCARE', true, '2037-01-01', '9999-12-31', now(), 'x')`,
		`insert into daycare_application (organiser_id, application_id, child_id, person_id, applicant_id, home_id, start_on, kind, option_code, hours_quantity, urgent, reason, shift, words,
				income_way, income_cents, state, sent_at, due_on, ended_why, changed_at, changed_by) overriding system value
			select 1, ` + w.ids["application"] + `, ` + ward + `, person_id, ` + adult + `, ` + adult + `, '2027-03-01', 'DAYCARE', 'full_time', 105000, false, '', false, '', 'told', 410000, 'offered', now(), '2027-03-01', '', now(), 'z'
			from client where organiser_id = 1 and client_id = ` + ward,
		`insert into daycare_wish (organiser_id, application_id, rank, unit_id) values (1, ` + w.ids["application"] + `, 1, ` + w.ids["unit"] + `)`,
		`insert into daycare_consent (organiser_id, application_id, adult_id, entry_no, answer, reason, at, by_name) values (1, ` + w.ids["application"] + `, ` + adult + `, 1, 'agreed', '', now(), 'z')`,
		`insert into daycare_step (organiser_id, application_id, step_no, act, words, at, by_name) values (1, ` + w.ids["application"] + `, 1, 'sent', '', now(), 'z')`,
		`insert into daycare_proposal (organiser_id, proposal_id, application_id, child_id, birth_date, unit_id, provider_id, way, start_on, state, proposed_at, proposed_by, unit_due, unit_at, unit_by, offered_at, offered_by, answer_by)
				overriding system value
			values (1, ` + w.ids["proposal"] + `, ` + w.ids["application"] + `, ` + ward + `, '2023-05-05', ` + w.ids["unit"] + `, 1, 'voucher', '2027-03-01', 'offered', now(), 'z', '2036-07-01', now(), 'y', now(), 'z', '2036-07-15')`,
	} {
		w.exec(sql)
	}
	paper, err := w.app.keys.Seal(secret.Place{Column: "daycare_paper.bytes_encrypted", Organiser: 1}, []byte("%PDF"))
	if err != nil {
		w.Fatal(err)
	}
	if err := w.owner.QueryRow(w.Context(), `insert into daycare_paper (organiser_id, application_id, name, media, size, sha256, bytes_encrypted, uploaded_at, uploaded_by, uploader_id)
		values (1, `+w.ids["application"]+`, 'x.pdf', 'application/pdf', 4, sha256('%PDF'), $1, now(), 'z', `+adult+`) returning paper_id::text`, paper).Scan(&id); err != nil {
		w.Fatal(err)
	}
	w.ids["paper"] = id
	for name, sql := range map[string]string{
		"guardian": `insert into daycare_guardian (organiser_id, child_id, adult_id, person_id, valid_from, valid_to, source, added_at, added_by)
			select 1, ` + adult + `, client_id, person_id, '2026-01-01', '9999-12-31', 'x', now(), 'z' from client where organiser_id = 1 and client_id = ` + ward + ` returning guardian_id`,
		"places": `insert into daycare_capacity (organiser_id, unit_id, under_places, over_places, valid_from, valid_to, added_at, added_by)
			values (1, ` + w.ids["unit"] + `, 12, 21, '2026-01-01', '9999-12-31', now(), 'z') returning capacity_id`,
		"change": `insert into daycare_change (organiser_id, child_id, adult_id, from_on, option_code, words, told_at, told_by)
			values (1, ` + ward + `, ` + adult + `, '2036-12-01', 'full_time', 'x', now(), 'z') returning change_id`,
	} {
		w.ids[name] = strconv.FormatInt(w.number(sql), 10)
	}
}
