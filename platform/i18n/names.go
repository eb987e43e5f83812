package i18n

// Names is a name or a text that people write in three languages, as the organiser gave it. Finnish is always there;
// Swedish and English may be empty.
type Names struct {
	Fi string `json:"fi"`
	Sv string `json:"sv,omitempty"`
	En string `json:"en,omitempty"`
}

// In gives the text in a language, the Finnish one where it is missing.
func (n Names) In(lang Lang) string {
	s := n.Fi
	switch lang {
	case "sv":
		s = n.Sv
	case "en":
		s = n.En
	}
	if s == "" {
		return n.Fi
	}
	return s
}

// IsZero reports that there is no text in any language.
func (n Names) IsZero() bool { return n == Names{} }
