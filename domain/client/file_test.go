package client_test

import (
	"bytes"
	"strings"
	"testing"

	"seteli/core/fault"
	"seteli/domain/client"
	"seteli/domain/organiser"
	"seteli/platform/i18n"
)

var places = []organiser.Municipality{{Code: "991", Names: i18n.Names{Fi: "Mallila", Sv: "Mallila"}}}

func read(t *testing.T, text string) ([]client.Row, []client.BadRow, error) {
	t.Helper()
	return client.ReadFile("asiakkaat.csv", bytes.NewReader([]byte(text)), int64(len(text)), places)
}

func TestClientFileInFinnishWordsAndAnyOrder(t *testing.T) {
	t.Parallel()
	rows, bad, err := read(t, "Sukunimi;Etunimet;Kunta;Henkilötunnus;Kieli;Turvakielto\r\nVirtanen;Aino;mallila;010150-999K;ruotsi;x\r\nUusi;Eero;991;020260-998X;;\r\nMuu;Eeva;Keksitty;040480-996K;;\r\n")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || rows[0].Municipality != "991" || rows[0].Language != i18n.SV || !rows[0].Protected || rows[0].Line != 2 {
		t.Fatalf("rows = %+v", rows)
	}
	if len(bad) != 2 || bad[0].Line != 3 || bad[0].Faults[0].Field != "identity" || bad[1].Faults[0].Code != "CLI-006" {
		t.Fatalf("bad rows = %+v", bad)
	}
}

func TestClientFileWithoutItsColumnsTellsAllOfThem(t *testing.T) {
	t.Parallel()
	_, _, err := read(t, "nimi;kunta\r\nx;y\r\n")
	if n := len(fault.All(err)); n < 1 || !strings.HasPrefix(fault.CodeOf(err), "SHE-") {
		t.Fatalf("faults = %v", err)
	}
}

func FuzzReadFile(f *testing.F) {
	f.Add([]byte("henkilötunnus;sukunimi;etunimet;kunta\n010150-999K;Virtanen;Aino;991\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, _, err := client.ReadFile("x.csv", bytes.NewReader(data), int64(len(data)), places)
		for _, r := range rows {
			if err == nil && r.Identity.IsZero() {
				t.Fatal("a row without a person")
			}
		}
	})
}
