package api

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"seteli/core/calendar"
	"seteli/platform/i18n"
)

var update = flag.Bool("update", false, "write the golden description of the API")

// The description is what programs are written against: each change of it is seen and meant.
func TestDescriptionIsTheReviewedOne(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	got, err := New(Deps{Texts: texts, Clock: calendar.Wall{}}).OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/openapi.yaml"
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the API differs from %s; look at the change and run the test with -update", golden)
	}
}
