package browser_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"seteli/core/calendar"
	"seteli/platform/i18n"
)

// translate gives what the Finnish words of a page may be in another language: journeys are written in the words that Finnish users
// look for, and walk in the other languages by the same keys. Words that are no text of ours (names, sums) stay.
func translate(lang string) func(string) []string {
	if lang == "fi" {
		return nil
	}
	texts := allTexts()
	return func(words string) []string {
		if figure := written(i18n.Lang(lang), words); figure != words {
			return []string{figure, words}
		}
		var out []string
		for _, t := range texts {
			if t["fi"] == words {
				out = append(out, plain(t[lang]))
			}
		}
		out = append(out, names[words][lang])
		if out = slices.DeleteFunc(out, func(s string) bool { return s == "" }); len(out) > 0 {
			return out
		}
		if len(words) >= 10 { // the beginning of a sentence
			for _, t := range texts {
				if strings.HasPrefix(t["fi"], words) {
					begin, _, _ := strings.Cut(plain(t[lang]), "{")
					out = append(out, begin)
				}
			}
		}
		for _, t := range texts {
			if out = append(out, filled(t, lang, words)...); len(out) > 20 {
				break
			}
		}
		return append(out, words)
	}
}

var decimals = regexp.MustCompile(`^([0-9]+),([0-9]+( [a-z]+)?)$`)

// written is a day or a figure as the pages of the language write it; anything else stays.
func written(lang i18n.Lang, words string) string {
	if d, err := calendar.Read(words); err == nil {
		return plain(i18n.Date(lang, d))
	}
	if lang == i18n.EN {
		return decimals.ReplaceAllString(words, "$1.$2")
	}
	return words
}

// names are what the demo's services and organisers are called.
var names = map[string]map[string]string{
	"Säännöllinen kotihoito":                      {"sv": "Regelbunden hemvård", "en": "Regular home care"},
	"Tilapäinen kotihoito":                        {"sv": "Tillfällig hemvård", "en": "Temporary home care"},
	"Omaishoidon vapaa":                           {"sv": "Närståendevårdarens ledighet", "en": "Carers' leave"},
	"Lääkkeiden koneellinen annosjakelu":          {"sv": "Maskinell dosdispensering av läkemedel", "en": "Machine dose dispensing of medicines"},
	"Ympärivuorokautinen palveluasuminen":         {"sv": "Serviceboende med heldygnsomsorg", "en": "24-hour assisted living"},
	"Yhteisöllinen asuminen":                      {"sv": "Gemenskapsboende", "en": "Community housing"},
	"Kesätyöseteli":                               {"sv": "Sommarjobbssedel", "en": "Summer job voucher"},
	"Lapsiperheiden kotipalvelu":                  {"sv": "Hemservice för barnfamiljer", "en": "Home service for families with children"},
	"Siivous ja asiointi":                         {"sv": "Städning och ärenden", "en": "Cleaning and errands"},
	"Tukipalvelun tunti":                          {"sv": "Timme av stödservice", "en": "Hour of support"},
	"Kotipalvelun tunti":                          {"sv": "Hemservicetimme", "en": "Hour of home service"},
	"Kesätyöjakso":                                {"sv": "Sommarjobbsperiod", "en": "Summer job"},
	"Kokoaikainen varhaiskasvatus":                {"sv": "Småbarnspedagogik på heltid", "en": "Full-time early education"},
	"Peltokoski":                                  {"sv": "Åkerfors", "en": ""},
	"Havumäen kaupunki":                           {"sv": "Barrbacka stad", "en": ""},
	"Rantasaaren sosiaali- ja terveyskuntayhtymä": {"sv": "Samkommunen för social- och hälsovård i Strandö", "en": "Rantasaari joint authority for social and health services"},
}

var hole = regexp.MustCompile(`\\\{[a-z_]+\\\}`)

// filled takes the values out of Finnish words with holes and puts them into those of the other language.
func filled(t map[string]string, lang, words string) []string {
	if !strings.Contains(t["fi"], "{") || strings.HasPrefix(t["fi"], "{") {
		return nil
	}
	form, err := regexp.Compile("^" + hole.ReplaceAllString(regexp.QuoteMeta(plain(t["fi"])), "(.+)") + "$")
	if err != nil {
		return nil
	}
	found := form.FindStringSubmatch(words)
	if found == nil {
		return nil
	}
	other := plain(t[lang])
	for i, name := range regexp.MustCompile(`\{[a-z_]+\}`).FindAllString(t["fi"], -1) {
		other = strings.ReplaceAll(other, name, found[i+1])
	}
	return []string{other}
}

func plain(s string) string { return strings.NewReplacer("\u00a0", " ", "\u00ad", "").Replace(s) }

// allTexts reads every text of the pages; of plural forms the many.
var allTexts = sync.OnceValue(func() (list []map[string]string) {
	files, err := filepath.Glob("../../platform/i18n/texts/*.json")
	if err != nil || len(files) == 0 {
		panic("the texts are not where they were")
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			panic(err)
		}
		var area map[string]map[string]any
		if err := json.Unmarshal(raw, &area); err != nil {
			panic(f + ": " + err.Error())
		}
		for _, key := range area {
			for _, form := range []string{"other", "one"} {
				t := map[string]string{}
				for lang, v := range key {
					switch v := v.(type) {
					case string:
						t[lang] = v
					case map[string]any:
						t[lang], _ = v[form].(string)
					}
				}
				if t["fi"] = plain(t["fi"]); t["fi"] != "" {
					list = append(list, t)
				}
			}
		}
	}
	return list
})
