package postgres_test

import (
	"encoding/json"
	"os"
	"regexp"
	"testing"
)

func TestEveryFaultHasItsTextInThreeLanguages(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("faults.go")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("../i18n/texts/postgres.json")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]map[string]string{}
	if err := json.Unmarshal(raw, &texts); err != nil {
		t.Fatal(err)
	}
	value := regexp.MustCompile(`\{[a-z]+\}`)
	codes := map[string]bool{}
	for _, m := range regexp.MustCompile(`fault\.New\(fault\.\w+, +"([^"]+)", +"([^"]+)"\)`).FindAllStringSubmatch(string(source), -1) {
		code, key := m[1], m[2]
		if codes[code] {
			t.Errorf("code %s is used twice", code)
		}
		codes[code] = true
		want := value.FindAllString(texts[key]["fi"], -1)
		for _, lang := range []string{"fi", "sv", "en"} {
			if texts[key][lang] == "" {
				t.Errorf("%s (%s) has no text in %s", key, code, lang)
			}
			if got := value.FindAllString(texts[key][lang], -1); len(got) != len(want) {
				t.Errorf("%s in %s names %v, in fi %v", key, lang, got, want)
			}
		}
	}
	if len(codes) < 20 || len(codes) != len(texts) {
		t.Errorf("%d codes, %d texts", len(codes), len(texts))
	}
}
