package seteli_test

import (
	"crypto/rand"
	"testing"
	"time"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/platform/postgres"
	"seteli/platform/postgres/postgrestest"
)

// The words of the core go into columns and come back as they were; none comes back as none.
func TestCoreValuesSurviveTheDatabase(t *testing.T) {
	t.Parallel()
	db := postgrestest.New(t)
	business, err := ident.ParseBusinessID("2345678-0")
	if err != nil {
		t.Fatal(err)
	}
	iban, err := ident.ParseIBAN("FI21 1234 5600 0007 85")
	if err != nil {
		t.Fatal(err)
	}
	number, err := ident.NewVoucherNumber("TRE", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		day      calendar.Date
		cents    money.Cents
		quantity money.Quantity
		rate     money.Rate
		business ident.BusinessID
		iban     ident.IBAN
		number   ident.VoucherNumber
		none     ident.Municipality
	}
	in := row{calendar.Day(2026, time.December, 1), -123450, money.Minutes(140), money.MustRate("-10.705"), business, iban, number, ident.Municipality{}}
	var out row
	var null bool
	err = db.National(t.Context(), func(tx *postgres.Tx) error {
		return tx.QueryRow(t.Context(), `select $1::date, $2::bigint, $3::bigint, $4::numeric, $5::text, $6::text, $7::text, $8::text, $8::text is null`,
			in.day, in.cents, in.quantity, in.rate, in.business, in.iban, in.number, in.none).
			Scan(&out.day, &out.cents, &out.quantity, &out.rate, &out.business, &out.iban, &out.number, &out.none, &null)
	})
	if err != nil {
		t.Fatal(err)
	}
	if out != in || !null {
		t.Errorf("went in as %+v, came back as %+v, null %v", in, out, null)
	}
}
