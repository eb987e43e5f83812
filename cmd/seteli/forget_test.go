package main

import (
	"log/slog"
	"testing"

	"seteli/domain/settlement/settlementtest"
)

func TestOldRequestsAreForgottenOfEveryOrganiser(t *testing.T) {
	t.Parallel()
	w := settlementtest.New(t)
	for _, id := range []int32{0, w.Org.ID} {
		_, err := w.Owner.Exec(t.Context(), `insert into once_key (organiser_id, realm, key, input_hash, created_at)
			values ($1, 'api:1', 'old', sha256(''), '2025-01-01'), ($1, 'api:1', 'young', sha256(''), '2026-10-01')`, id)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Owner.Exec(t.Context(), `insert into outbox (organiser_id, topic, dedup, payload, created_at, next_at, sent_at)
			values ($1, 't', 'old', '{}', '2025-01-01', '2025-01-01', '2025-01-01'), ($1, 't', 'waits', '{}', '2025-01-01', '2025-01-01', null)`, id)
		if err != nil {
			t.Fatal(err)
		}
	}
	a := &app{db: w.DB, clock: w.Clock, log: slog.New(slog.DiscardHandler)}
	if err := a.forget(t.Context(), forgetArgs{}); err != nil {
		t.Fatal(err)
	}
	var left string
	err := w.Owner.QueryRow(t.Context(), `select string_agg(what, ' ' order by what) from (
		select 'key ' || key || ' ' || count(*) as what from once_key group by key union all select 'message ' || dedup || ' ' || count(*) from outbox group by dedup) t`).Scan(&left)
	if err != nil || left != "key young 2 message waits 2" {
		t.Errorf("left %q, %v", left, err)
	}
}
