package standin

import (
	"strconv"
	"strings"

	"seteli/core/calendar"
)

// cents reads decimal(6,2) as the warehouse writes it.
func cents(s string) (int, bool) {
	whole, part, ok := strings.Cut(s, ".")
	if !ok || len(part) != 2 || len(whole) == 0 || len(whole) > 4 {
		return 0, false
	}
	n, err := strconv.Atoi(whole + part)
	return n, err == nil && n >= 0
}

// checkFee holds the rules of fee data, MA001–MA021.
func (s *Server) checkFee(it *item) (string, string) {
	child := s.parent("lapset", it, "lapsi")
	if child == nil {
		return "lapsi", "GE008"
	}
	d, code := daysOf(it)
	if code != "" {
		return "paattymis_pvm", code
	}
	if field, code := s.checkGuardians(it); code != "" {
		return field, code
	}
	if field, code := s.checkSums(it); code != "" {
		return field, code
	}
	if d.last != nil && *d.last < calendar.Day(2019, 9, 1) {
		return "paattymis_pvm", "MA019"
	}
	if field, code := s.checkFeeDays(child, d); code != "" {
		return field, code
	}
	if tooMany(it, d, s.of("maksutiedot", "lapsi", "lapset", child), 2) {
		return "errors", "MA004"
	}
	return "", ""
}

func (s *Server) checkGuardians(it *item) (string, string) {
	list, _ := it.fields["huoltajat"].([]any)
	if len(list) == 0 {
		return "huoltajat", "MA002"
	}
	if len(list) > 7 {
		return "huoltajat", "MA011"
	}
	seen, known := map[string]bool{}, 0
	for _, g := range list {
		fields, _ := g.(map[string]any)
		code := text(fields, "henkilotunnus")
		if seen[code] {
			return "huoltajat", "MA012"
		}
		seen[code] = true
		if len(code) == 11 && !s.unknown[code] {
			known++
		}
	}
	if known == 0 {
		return "huoltajat", "MA003"
	}
	return "", ""
}

func (s *Server) checkSums(it *item) (string, string) {
	value, okValue := cents(text(it.fields, "palveluseteli_arvo"))
	fee, okFee := cents(text(it.fields, "asiakasmaksu"))
	size, _ := it.fields["perheen_koko"].(float64)
	switch {
	case !okValue:
		return "palveluseteli_arvo", "GE012"
	case !okFee:
		return "asiakasmaksu", "GE012"
	case value == 0:
		return "palveluseteli_arvo", "MA021"
	case s.cfg.MaxFee > 0 && fee > s.cfg.MaxFee:
		return "asiakasmaksu", "MA020"
	case size < 2 || size > 50:
		return "perheen_koko", "MA001"
	}
	return "", ""
}

// checkFeeDays holds fee data within the days of the child's decisions.
func (s *Server) checkFeeDays(child *item, d days) (string, string) {
	decisions := s.of("varhaiskasvatuspaatokset", "lapsi", "lapset", child)
	if len(decisions) == 0 {
		return "errors", "MA008"
	}
	first, _ := daysOf(decisions[0])
	last, placed := first, 0
	for _, x := range decisions {
		o, _ := daysOf(x)
		first.from = min(first.from, o.from)
		if last.last != nil && (o.last == nil || *o.last > *last.last) {
			last = o
		}
		placed += len(s.of("varhaiskasvatussuhteet", "varhaiskasvatuspaatos", "varhaiskasvatuspaatokset", x))
	}
	switch {
	case placed == 0:
		return "errors", "MA009"
	case d.from < first.from:
		return "alkamis_pvm", "MA005"
	case last.last != nil && d.from > *last.last:
		return "alkamis_pvm", "MA006"
	case d.last == nil && last.last != nil:
		return "paattymis_pvm", "MA015"
	case !d.endsWithin(last):
		return "paattymis_pvm", "MA007"
	case d.last == nil && s.overEight(child):
		return "paattymis_pvm", "MA016"
	}
	return "", ""
}
