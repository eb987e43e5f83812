package organiser_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"seteli/core/fault"
	"seteli/core/fault/faulttest"
	"seteli/domain/organiser"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
	"seteli/platform/sheet"
)

func readMunicipalities(t *testing.T, content string) ([]organiser.Municipality, error) {
	t.Helper()
	table, err := sheet.Open("kunnat.csv", strings.NewReader(content), int64(len(content)), sheet.Limits{})
	if err != nil {
		return nil, err
	}
	return organiser.ReadMunicipalities(table)
}

func TestMunicipalityFileIsReadInThreeLanguages(t *testing.T) {
	t.Parallel()
	for _, head := range []string{"code,name_fi,name_sv,county,language", "Kuntanumero,Nimi suomeksi,Nimi ruotsiksi,Hyvinvointialue,Kielet", "kommunkod,namn på finska,namn på svenska,välfärdsområde,språk"} {
		list, err := readMunicipalities(t, head+"\n995,Mallila,Mallby,02,fi-sv\n996,Kuusiranta,Granstrand,90,fi\n")
		if got, want := fmt.Sprint(list), "[{995 {Mallila Mallby } 02 fi-sv} {996 {Kuusiranta Granstrand } 90 fi}]"; err != nil || got != want {
			t.Errorf("%s: %s, %v", head, got, err)
		}
	}
}

func TestMunicipalityFileTellsEveryFaultOfEveryLine(t *testing.T) {
	t.Parallel()
	_, err := readMunicipalities(t, "code;name_fi;name_sv;county;language\n5;A;A;02;fi\n995;;A;40;suomi\n996;B;;02;sv\n996;B;B;02;sv\n")
	var got []string
	for _, f := range fault.All(err) {
		got = append(got, fmt.Sprint(f.Code, " ", f.Field, "@", f.Values["row"]))
	}
	want := "[IDE-051 code@2 ORG-005 name_fi@3 ORG-025 language@3 IDE-052 county@3 ORG-005 name_sv@4 ORG-030 code@5]"
	if fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
	if _, err := readMunicipalities(t, "code;name_fi\n995;A\n"); len(fault.All(err)) != 3 {
		t.Errorf("three columns are missing: %v", err)
	}
}

func FuzzReadMunicipalities(f *testing.F) {
	f.Add([]byte("code,name_fi,name_sv,county,language\n995,Mallila,Mallby,02,fi\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		table, err := sheet.Open("x.csv", bytes.NewReader(raw), int64(len(raw)), sheet.Limits{Bytes: 1 << 16, Lines: 100})
		if err != nil {
			return
		}
		list, err := organiser.ReadMunicipalities(table)
		if err != nil && fault.CodeOf(err) == "" {
			t.Fatalf("refused without a code: %v", err)
		}
		for _, m := range list {
			if err == nil && (len(m.Code) != 3 || m.Names.Fi == "" || m.Names.Sv == "") {
				t.Fatalf("accepted %+v", m)
			}
		}
	})
}

func TestOperatorIsSomebodyWhoHasSignedIn(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	program := access.System("seteli operator add", 0)
	add := func(name, email string) error {
		return db.National(t.Context(), func(tx *postgres.Tx) error {
			_, err := organiser.AddOperator(t.Context(), tx, program, name, email)
			return err
		})
	}
	faulttest.Want(t, add("Ylermi Ylläpito", "ylermi@nation.example"), "ORG-024")
	must(t, db.National(t.Context(), func(tx *postgres.Tx) error {
		_, err := access.SignIn(t.Context(), tx, access.Account{Issuer: "https://id.example", Subject: "ylermi", Name: "Ylermi Ylläpito", Email: "ylermi@nation.example", Language: "fi"})
		return err
	}))
	faulttest.Want(t, add("Ylermi Ylläpito", "other@nation.example"), "ORG-024")
	faulttest.Want(t, add("", "ylermi@nation.example"), "ORG-005")
	must(t, add("ylermi ylläpito", "Ylermi@nation.example"))
	faulttest.Want(t, add("Ylermi Ylläpito", "ylermi@nation.example"), "ORG-031")
	must(t, db.National(t.Context(), func(tx *postgres.Tx) error {
		list, err := organiser.Operators(t.Context(), tx, program)
		if len(list) != 1 || list[0].Name != "Ylermi Ylläpito" || list[0].Email != "ylermi@nation.example" {
			t.Errorf("operators %+v", list)
		}
		return err
	}))
	o := mallila(t, db)
	faulttest.Want(t, within(t, db, mainUser(o, 2), func(ctx context.Context, tx *postgres.Tx) error {
		_, err := organiser.AddOperator(ctx, tx, mainUser(o, 2), "Ylermi Ylläpito", "ylermi@nation.example")
		return err
	}), "ACC-001")
	var acts int
	must(t, postgrestest.Admin(t, db).QueryRow(t.Context(), `select count(*) from audit where organiser_id = 0 and act = 'operator.added' and actor_name = 'seteli operator add'`).Scan(&acts))
	if acts != 1 {
		t.Errorf("%d rows in the audit", acts)
	}
}

func TestMunicipalitiesAreFoundByNameInEitherLanguage(t *testing.T) {
	t.Parallel()
	oulu := organiser.Municipality{Code: "564", Names: i18n.Names{Fi: "Oulu", Sv: "Uleåborg"}}
	pedersore := organiser.Municipality{Code: "599", Names: i18n.Names{Fi: "Pedersören kunta", Sv: "Pedersöre"}}
	found, unknown := organiser.Named([]organiser.Municipality{oulu, pedersore}, " uleåborg, 564;pedersören kunta\nOul,, Pedersöre")
	if want := []organiser.Municipality{oulu, pedersore}; !slices.Equal(found, want) {
		t.Errorf("found %v, want %v", found, want)
	}
	if want := []string{"Oul"}; !slices.Equal(unknown, want) {
		t.Errorf("unknown %v, want %v", unknown, want)
	}
}
