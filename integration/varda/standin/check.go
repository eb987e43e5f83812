package standin

import (
	"strconv"
	"strings"
	"time"

	"seteli/core/calendar"
)

// check tells the field and the code for which the warehouse would refuse an object; "" when it takes it.
func (s *Server) check(kind string, it *item) (field, code string) {
	switch kind {
	case "henkilot":
		return s.checkPerson(it)
	case "lapset":
		return s.checkChild(it)
	case "varhaiskasvatuspaatokset":
		return s.checkDecision(it)
	case "varhaiskasvatussuhteet":
		return s.checkPlacement(it)
	}
	return s.checkFee(it)
}

// days of an object: its last day is nil while it is open.
type days struct {
	from calendar.Date
	last *calendar.Date
}

func daysOf(it *item) (d days, code string) {
	from, err := calendar.ParseDate(text(it.fields, "alkamis_pvm"))
	if err != nil {
		return d, "GE006"
	}
	d.from = from
	if end := text(it.fields, "paattymis_pvm"); end != "" {
		last, err := calendar.ParseDate(end)
		if err != nil {
			return d, "GE006"
		}
		if last < from {
			return d, "MI004"
		}
		d.last = &last
	}
	return d, ""
}

func (d days) overlaps(o days) bool {
	return (d.last == nil || o.from <= *d.last) && (o.last == nil || d.from <= *o.last)
}

// within tells whether d's last day is not after o's.
func (d days) endsWithin(o days) bool {
	return o.last == nil || d.last != nil && *d.last <= *o.last
}

func (s *Server) checkPerson(it *item) (string, string) {
	code := text(it.fields, "henkilotunnus")
	if len(code) != 11 {
		return "henkilotunnus", "HE005"
	}
	if text(it.fields, "etunimet") == "" || text(it.fields, "sukunimi") == "" {
		return "etunimet", "GE003"
	}
	if name := text(it.fields, "kutsumanimi"); name == "" || strings.Contains(name, " ") {
		return "kutsumanimi", "HE010"
	}
	return "", ""
}

func (s *Server) checkChild(it *item) (string, string) {
	own, other := text(it.fields, "oma_organisaatio_oid"), text(it.fields, "paos_organisaatio_oid")
	switch {
	case own == "" || other == "":
		return "errors", "LA007"
	case own == other:
		return "paos_organisaatio_oid", "LA008"
	case !s.cfg.Agreed(other):
		return "paos_organisaatio_oid", "PT010"
	case s.parent("henkilot", it, "henkilo") == nil:
		return "henkilo", "GE008"
	}
	for _, x := range s.kept["lapset"] {
		if x != it && text(x.fields, "henkilo") == text(it.fields, "henkilo") && text(x.fields, "oma_organisaatio_oid") == own && text(x.fields, "paos_organisaatio_oid") == other {
			return "errors", "LA010"
		}
	}
	return "", ""
}

// parent finds the object that a field's address names.
func (s *Server) parent(kind string, it *item, field string) *item {
	parts := strings.Split(strings.Trim(text(it.fields, field), "/"), "/")
	id, err := strconv.Atoi(parts[len(parts)-1])
	if err != nil || len(parts) < 2 || parts[len(parts)-2] != kind {
		return nil
	}
	return s.kept[kind][id]
}

// of gives the objects of a kind that hang on another one.
func (s *Server) of(kind, field, parentKind string, parent *item) (list []*item) {
	for _, x := range s.kept[kind] {
		if s.parent(parentKind, x, field) == parent {
			list = append(list, x)
		}
	}
	return list
}

// tooMany tells whether more than most objects of the list would hold on one day, with it among them.
func tooMany(it *item, d days, list []*item, most int) bool {
	var others []days
	for _, x := range list {
		if o, code := daysOf(x); x != it && code == "" && o.overlaps(d) {
			others = append(others, o)
		}
	}
	for _, start := range append(others, d) {
		day, n := days{start.from, &start.from}, 1
		if !day.overlaps(d) {
			continue
		}
		for _, o := range others {
			if o.overlaps(day) {
				n++
			}
		}
		if n > most {
			return true
		}
	}
	return false
}

func (s *Server) overEight(child *item) bool {
	person := s.parent("henkilot", child, "henkilo")
	if person == nil {
		return false
	}
	code := text(person.fields, "henkilotunnus")
	day, errDay := strconv.Atoi(code[:2])
	month, errMonth := strconv.Atoi(code[2:4])
	year, errYear := strconv.Atoi(code[4:6])
	if errDay != nil || errMonth != nil || errYear != nil {
		return false
	}
	if strings.ContainsRune("ABCDEF", rune(code[6])) {
		year += 2000
	} else {
		year += 1900
	}
	return calendar.Day(year+8, time.Month(month), day) <= s.cfg.Today()
}

func (s *Server) checkDecision(it *item) (string, string) {
	child := s.parent("lapset", it, "lapsi")
	if child == nil {
		return "lapsi", "GE008"
	}
	d, code := daysOf(it)
	if code != "" {
		return "paattymis_pvm", code
	}
	applied, err := calendar.ParseDate(text(it.fields, "hakemus_pvm"))
	hours, errHours := strconv.ParseFloat(text(it.fields, "tuntimaara_viikossa"), 64)
	switch {
	case err != nil:
		return "hakemus_pvm", "GE006"
	case applied > d.from:
		return "hakemus_pvm", "VP001"
	case d.last != nil && *d.last < calendar.Day(2019, 1, 1):
		return "paattymis_pvm", "MI021"
	case errHours != nil || hours < 1 || hours > 120:
		return "tuntimaara_viikossa", "DY004"
	case text(it.fields, "jarjestamismuoto_koodi") != "jm02" && text(it.fields, "jarjestamismuoto_koodi") != "jm03":
		return "jarjestamismuoto_koodi", "VP005"
	case d.last == nil && s.overEight(child):
		return "paattymis_pvm", "VP013"
	case tooMany(it, d, s.of("varhaiskasvatuspaatokset", "lapsi", "lapset", child), 3):
		return "errors", "VP011"
	}
	for _, field := range []string{"kokopaivainen_vaka_kytkin", "paivittainen_vaka_kytkin", "tilapainen_vaka_kytkin"} {
		if _, ok := it.fields[field].(bool); !ok {
			return field, "GE011"
		}
	}
	for _, p := range s.of("varhaiskasvatussuhteet", "varhaiskasvatuspaatos", "varhaiskasvatuspaatokset", it) {
		if o, _ := daysOf(p); !o.endsWithin(d) {
			return "paattymis_pvm", "VP003"
		}
	}
	return "", ""
}

func (s *Server) checkPlacement(it *item) (string, string) {
	decision := s.parent("varhaiskasvatuspaatokset", it, "varhaiskasvatuspaatos")
	if decision == nil {
		return "varhaiskasvatuspaatos", "GE008"
	}
	child := s.parent("lapset", decision, "lapsi")
	d, code := daysOf(it)
	if code != "" {
		return "paattymis_pvm", code
	}
	span, _ := daysOf(decision)
	switch {
	case s.cfg.Producer(text(it.fields, "toimipaikka_oid")) != text(child.fields, "paos_organisaatio_oid"):
		return "toimipaikka_oid", "MI019"
	case d.from < span.from:
		return "alkamis_pvm", "VP002"
	case span.last != nil && d.from > *span.last:
		return "alkamis_pvm", "VS011"
	case span.last != nil && d.last == nil:
		return "paattymis_pvm", "VS012"
	case !d.endsWithin(span):
		return "paattymis_pvm", "VP003"
	case tooMany(it, d, s.of("varhaiskasvatussuhteet", "varhaiskasvatuspaatos", "varhaiskasvatuspaatokset", decision), 3):
		return "errors", "VS013"
	}
	return "", ""
}

// inUse is the code for which an object is not deleted while others hang on it.
func (s *Server) inUse(kind string, it *item) string {
	switch kind {
	case "varhaiskasvatuspaatokset":
		if len(s.of("varhaiskasvatussuhteet", "varhaiskasvatuspaatos", kind, it)) > 0 {
			return "VP004"
		}
	case "lapset":
		if len(s.of("maksutiedot", "lapsi", kind, it)) > 0 {
			return "LA003"
		}
		if len(s.of("varhaiskasvatuspaatokset", "lapsi", kind, it)) > 0 {
			return "LA004"
		}
	}
	return ""
}
