package client_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"seteli/core/fault/faulttest"
	"seteli/core/ident"
	"seteli/domain/client"
	w "seteli/domain/voucher/vouchertest"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

func hetu(t *testing.T, s string) ident.Hetu {
	t.Helper()
	h, err := ident.ParseHetu(s)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func row(t *testing.T, line int, code, last, ref string) client.Row {
	return client.Row{Line: line, Identity: hetu(t, code), Details: client.Details{LastName: last, FirstNames: "Eero", Language: i18n.SV,
		Municipality: "991", ExternalRef: ref}}
}

func TestSamePersonIsNotAddedTwice(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	err := world.Try(world.Staff, func(tx *postgres.Tx) error {
		_, err := client.Add(t.Context(), tx, world.Staff, world.Keys, client.AddInput{Organiser: w.Organiser, Identity: hetu(t, "010150-999K"),
			Details: client.Details{LastName: "V", FirstNames: "A", Language: i18n.FI, Municipality: "991"}})
		return err
	})
	faulttest.Want(t, err, "CLI-002")
}

func TestIdentityCodeIsStoredSealedAndFoundByItsKey(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	if n := world.Count(`select count(*) from client where position('010150'::bytea in identity_encrypted) > 0`); n != 0 {
		t.Fatal("the code stands in the store in plain")
	}
	before := world.Count(`select count(*) from access_log`)
	world.Do(world.Staff, func(tx *postgres.Tx) error {
		for _, text := range []string{"010150-999k", "virt", "Virtanen Ai", "1.1.1950"} {
			found, err := client.Search(t.Context(), tx, world.Staff, world.Keys, client.Query{Organiser: w.Organiser, Text: text})
			if err != nil || len(found) != 1 || found[0].ID != world.Aino.ID {
				t.Errorf("%q found %v, %v", text, found, err)
			}
		}
		found, err := client.Search(t.Context(), tx, world.Staff, world.Keys, client.Query{Organiser: w.Organiser, Text: "%"})
		if len(found) != 0 {
			t.Errorf("a pattern found %d clients", len(found))
		}
		return err
	})
	if n := world.Count(`select count(*) from access_log`) - before; n != 4 {
		t.Fatalf("%d readings logged, want 4", n)
	}
}

func TestEditRefusesAnOldForm(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	edit := func() error {
		return world.Try(world.Staff, func(tx *postgres.Tx) error {
			d := world.Aino.Details
			d.Phone = "040 111"
			_, err := client.Edit(t.Context(), tx, world.Staff, client.EditInput{Organiser: w.Organiser, Client: world.Aino.ID, RowVersion: world.Aino.RowVersion, Details: d})
			return err
		})
	}
	if err := edit(); err != nil {
		t.Fatal(err)
	}
	faulttest.Want(t, edit(), "CLI-007")
}

func TestImportIsIdempotentAndTellsEveryRow(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	rows := []client.Row{row(t, 2, "020260-998K", "Uusi", "A1"), row(t, 3, "010150-999K", "Virtanen", "A2"),
		row(t, 4, "020260-998K", "Uusi", "A3"), row(t, 5, "030370-997K", "", "A4"), row(t, 6, "040480-996K", "Muu", "A1")}
	load := func() (receipt client.Receipt, plan client.Plan) {
		world.Do(world.Staff, func(tx *postgres.Tx) (err error) {
			receipt, plan, err = client.Import(t.Context(), tx, world.Staff, world.Keys, w.Organiser, client.FromFile, rows)
			return err
		})
		return receipt, plan
	}
	receipt, plan := load()
	if receipt != (client.Receipt{Added: 1, Changed: 1, Refused: 3}) {
		t.Fatalf("receipt = %+v", receipt)
	}
	var codes []string
	for _, p := range plan.Rows {
		for _, f := range p.Faults {
			codes = append(codes, f.Code)
		}
	}
	if got := strings.Join(codes, " "); got != "CLI-013 CLI-004 CLI-014" {
		t.Fatalf("faults = %s", got)
	}
	rows = rows[:2]
	if receipt, _ = load(); receipt != (client.Receipt{Kept: 2}) {
		t.Fatalf("the same file again: %+v", receipt)
	}
	if n := world.Count(`select count(*) from client`); n != 2 {
		t.Fatalf("%d clients", n)
	}
}

func TestImportAsksTheStoreTheSameNumberOfTimesForAnyNumberOfRows(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	count := func(rows []client.Row) (n int) {
		world.Do(world.Staff, func(tx *postgres.Tx) error {
			_, _, err := client.Import(t.Context(), tx, world.Staff, world.Keys, w.Organiser, client.FromFile, rows)
			n = tx.QueryCount()
			return err
		})
		return n
	}
	one := count([]client.Row{row(t, 2, "020260-998K", "Uusi", "")})
	three := count([]client.Row{row(t, 2, "030370-997K", "Uusi", ""), row(t, 3, "040480-996K", "Uusi", ""), row(t, 4, "050590-995K", "Uusi", "")})
	if one != three {
		t.Fatalf("%d queries for one row, %d for three", one, three)
	}
}

// An empty cell says nothing: whatever a file leaves out, what was known stays.
func TestImportNeverErases(t *testing.T) {
	t.Parallel()
	world := w.New(t)
	rapid.Check(t, func(rt *rapid.T) {
		r := client.Row{Line: 2, Identity: hetu(t, "010150-999K")}
		if rapid.Bool().Draw(rt, "name") {
			r.LastName = "Virtanen"
		}
		if rapid.Bool().Draw(rt, "city") {
			r.City = "Mallila"
		}
		world.Do(world.Staff, func(tx *postgres.Tx) error {
			plan, err := client.Preview(t.Context(), tx, world.Staff, world.Keys, w.Organiser, []client.Row{r})
			if err == nil && plan.Rows[0].Outcome != client.WillKeep {
				rt.Fatalf("outcome = %s %v", plan.Rows[0].Outcome, plan.Rows[0].Faults)
			}
			return err
		})
	})
}
