package postgres_test

import (
	"slices"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// aged fills both tables for organisers 0, 1 and 2: days ago by the real clock, which the policies of the database read.
func aged(t *testing.T, db *postgres.DB) {
	t.Helper()
	_, err := postgrestest.Owner(t, db).Exec(t.Context(), `
		insert into once_key (organiser_id, realm, key, input_hash, answer, created_at)
		select o, 'api:1', d::text, sha256(''), '', now() - d * interval '1 day' from unnest(array[0, 1, 2]) o, unnest(array[1, 29, 31, 89, 91, 400]) d`)
	must(t, err)
	_, err = postgrestest.Owner(t, db).Exec(t.Context(), `
		insert into outbox (organiser_id, topic, dedup, payload, created_at, next_at, sent_at)
		select o, 'notice', d || s, '{}', now() - interval '500 days', now(), case s when 'sent' then now() - d * interval '1 day' end
		from unnest(array[0, 1, 2]) o, unnest(array[1, 29, 31, 89, 91, 400]) d, unnest(array['sent', 'waits']) s`)
	must(t, err)
}

func TestSweepEndsWhatIsOldAndDone(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t, postgrestest.Clock(calendar.Wall{}))
	aged(t, db)
	for _, c := range []struct {
		days int
		want postgres.Swept
	}{{postgres.RetentionDays, postgres.Swept{Keys: 2, Messages: 2}}, {postgres.RetentionDays, postgres.Swept{}}, {0, postgres.Swept{Keys: 2, Messages: 2}}} {
		must(t, db.Tenant(t.Context(), organiser(1), func(tx *postgres.Tx) error {
			got, err := postgres.Sweep(t.Context(), tx, 1, tx.Now().Add(-time.Duration(c.days)*24*time.Hour))
			if got != c.want {
				t.Errorf("before %d days ago: %+v, want %+v", c.days, got, c.want)
			}
			return err
		}))
	}
	left := column(t, postgrestest.Owner(t, db), `
		select organiser_id || ' ' || (select count(*) from once_key k where k.organiser_id = o.organiser_id) || ' ' || count(*) from outbox o group by organiser_id order by 1`)
	if want := []string{"0 6 12", "1 2 8", "2 6 12"}; !slices.Equal(left, want) {
		t.Errorf("left %v, want %v", left, want)
	}
}

// Another organiser's rows, young rows and messages that wait are out of reach of any statement of the program.
func TestDatabaseKeepsYoungAndForeignRows(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t, postgrestest.Clock(calendar.Wall{}))
	aged(t, db)
	must(t, db.National(t.Context(), func(tx *postgres.Tx) error {
		for sql, want := range map[string]int64{`delete from once_key`: 4, `delete from outbox`: 4} {
			tag, err := tx.Exec(t.Context(), sql)
			if err != nil || tag.RowsAffected() != want {
				t.Errorf("%s: %d rows, %v; want %d", sql, tag.RowsAffected(), err, want)
			}
		}
		return nil
	}))
}
