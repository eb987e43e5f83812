package i18n

// Raw gives the text with its {placeholders} as they are, the form of many; "" for a missing key. It is for publishing the texts
// themselves, for instance the catalogue of checks.
func (c *Catalogue) Raw(lang Lang, key string) string { return c.texts[key][lang].other }
