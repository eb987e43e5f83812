package ui

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"iter"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"text/template/parse"

	"seteli/core/money"
	"seteli/platform/i18n"
)

//go:embed templates/*.html
var ownTemplates embed.FS

// binding is the functions of one language's templates:
//
//	t "key" "name" value …          text          tag "voucher.active"       tag of a state
//	cents .Sum  date .Day  period .P  qty .Q "hour"  clock .Minutes  when .Instant  month .M
//	path "/vouchers/{number}" .No   address in this language; every placeholder in order
//	input .Form "name" "label.key" "hint" "hint.key" "width" 10 …             (options: field.go)
//	textarea, dateinput, upload, tick: the same; choose, radios, checkboxes: a list of Option before the pairs
//	button "key" "kind" "secondary|warning|link" "name" "n" "value" "v" "href" address
//	show .Component                 any Component of component.go
type binding struct {
	site *Site
	lang i18n.Lang
	set  *template.Template
}

func (b *binding) funcs() template.FuncMap {
	control := func(kind string) any {
		return func(f *Form, name, label string, pairs ...any) (template.HTML, error) {
			return b.control(kind, f, name, label, nil, pairs)
		}
	}
	choice := func(kind string) any {
		return func(f *Form, name, label string, options []Option, pairs ...any) (template.HTML, error) {
			return b.control(kind, f, name, label, options, pairs)
		}
	}
	return template.FuncMap{
		"t":     func(key string, args ...any) string { return b.t(key, args...) },
		"lang":  func() string { return string(b.lang) },
		"cents": func(v any) (string, error) { return formatAny(b.lang, v) },
		"qty":   func(q money.Quantity, unit ...string) string { return formatInUnit(b.lang, q, unit) },
		"date":  func(v any) (string, error) { return formatAny(b.lang, v) }, "month": func(v any) (string, error) { return formatAny(b.lang, v) },
		"period": func(v any) (string, error) { return formatAny(b.lang, v) },
		"when":   func(v any) (string, error) { return formatAny(b.lang, v) },
		"clock":  func(minutes int) string { return formatClock(b.lang, minutes) },
		"number": func(v any) (string, error) { return formatAny(b.lang, v) },
		"path":   b.path,
		"tag": func(state any) (template.HTML, error) {
			tag, err := b.site.tag(b.lang, fmt.Sprint(state))
			if err != nil {
				return "", err
			}
			return b.html("c-tag", tag)
		},
		"show": b.show, "button": b.button,
		"input": control("input"), "textarea": control("textarea"), "dateinput": control("date"), "upload": control("upload"), "tick": control("tick"),
		"choose": choice("select"), "radios": choice("radios"), "checkboxes": choice("checkboxes"),
		"asset":   b.site.assets.Path,
		"dial":    Dial,
		"newline": func() string { return "\n" },
		"add":     func(a, b int) int { return a + b },
		"last":    func(n, length int) bool { return n == length-1 },
		"list":    func(items ...string) []string { return items },
		"option":  func(value, key string) Option { return Option{Value: value, Text: b.t(key)} },
		"options": func(o ...Option) []Option { return o },
	}
}

func (b *binding) t(key string, args ...any) string { return b.site.text(b.lang, key, args...) }

func (b *binding) html(name string, data any) (template.HTML, error) {
	var out bytes.Buffer
	if err := b.set.ExecuteTemplate(&out, name, data); err != nil {
		return "", err
	}
	return template.HTML(strings.TrimSpace(out.String())), nil // escaped by html/template
}

func (b *binding) show(c any) (template.HTML, error) {
	switch v := c.(type) {
	case nil:
		return "", nil
	case template.HTML: // a chart, made by web/chart which escapes its texts
		return v, nil
	case interface{ HTML() template.HTML }:
		return v.HTML(), nil
	case Component:
		if isNil(v) {
			return "", nil
		}
		return b.html(v.component(), v)
	}
	return "", fmt.Errorf("show: %T is no component", c)
}

func (b *binding) control(kind string, f *Form, name, label string, options []Option, pairs []any) (template.HTML, error) {
	c, err := b.field(kind, f, name, label, pairs)
	if err != nil {
		return "", err
	}
	c.Options = options
	return b.html("c-"+kind, c)
}

// Button is one button or a link that looks like one.
type buttonData struct{ Text, Kind, Name, Value, Href string }

func (b *binding) button(key string, pairs ...string) (template.HTML, error) {
	d := buttonData{Text: b.t(key)}
	if len(pairs)%2 != 0 {
		return "", fmt.Errorf("button %s: options come in pairs", key)
	}
	for i := 0; i < len(pairs); i += 2 {
		switch pairs[i] {
		case "kind":
			d.Kind = pairs[i+1]
		case "name":
			d.Name = pairs[i+1]
		case "value":
			d.Value = pairs[i+1]
		case "href":
			d.Href = pairs[i+1]
		case "text":
			d.Text = pairs[i+1]
		default:
			return "", fmt.Errorf("button %s: unknown option %q", key, pairs[i])
		}
	}
	return b.html("c-button", d)
}

// path makes an address and remembers those that lead nowhere; DeadLinks tells them to a test.
func (b *binding) path(pattern string, args ...any) (string, error) {
	p, err := fillPath(pattern, args)
	if err != nil {
		return "", err
	}
	bare, _, _ := strings.Cut(pattern, "?")
	bare, _, _ = strings.Cut(bare, "#")
	if !b.site.paths[shape(bare)] {
		b.site.mu.Lock()
		b.site.dead[bare] = true
		b.site.mu.Unlock()
	}
	return "/" + string(b.lang) + p, nil
}

// fillPath puts the arguments in the place of {placeholders}, escaped.
func fillPath(pattern string, args []any) (string, error) {
	var out strings.Builder
	rest := pattern
	for {
		before, after, found := strings.Cut(rest, "{")
		out.WriteString(before)
		if !found {
			break
		}
		_, tail, closed := strings.Cut(after, "}")
		if !closed || len(args) == 0 {
			return "", fmt.Errorf("path %s: too few values", pattern)
		}
		value := fmt.Sprint(args[0])
		if strings.Contains(out.String(), "?") {
			out.WriteString(url.QueryEscape(value))
		} else {
			out.WriteString(url.PathEscape(value))
		}
		args, rest = args[1:], tail
	}
	if len(args) > 0 {
		return "", fmt.Errorf("path %s: too many values", pattern)
	}
	return out.String(), nil
}

// shape is the path with its placeholders unnamed, so that a link may name them as it likes.
func shape(pattern string) string {
	parts := strings.Split(pattern, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, "{") && strings.HasSuffix(p, "}") {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

// tag finds a state in the one table.
func (s *Site) tag(lang i18n.Lang, state string) (Tag, error) {
	if state == "" {
		return Tag{}, nil // the zero value of a page's struct
	}
	st, ok := s.states[state]
	if !ok {
		return Tag{}, fmt.Errorf("state %q has no tag", state)
	}
	return Tag{Text: s.text(lang, st.Key), Colour: st.Colour}, nil
}

// special names that each page file may define; they are kept apart by the page's name.
var special = []string{"title", "heading", "caption", "aside", "main"}

func (s *Site) parse() error {
	for _, lang := range languages {
		b := &binding{site: s, lang: lang}
		funcs := b.funcs()
		b.set = template.New("").Option("missingkey=error").Funcs(funcs)
		for _, a := range s.audiences {
			if err := s.parseAudience(b.set, funcs, a); err != nil {
				return fmt.Errorf("audience %s: %w", a.Name, err)
			}
		}
		s.sets[lang] = b.set
	}
	for name := range s.pages {
		if !s.parts[name+"#title"] || !s.parts[name+"#main"] {
			return fmt.Errorf("page %s: its template is missing or defines no title or no main", name)
		}
	}
	return nil
}

func (s *Site) parseAudience(set *template.Template, funcs template.FuncMap, a *Audience) error {
	if a.Templates == nil {
		return nil
	}
	files, err := fs.Glob(a.Templates, "templates/*.html")
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := fs.ReadFile(a.Templates, file)
		if err != nil {
			return err
		}
		trees, err := parse.Parse(file, string(text), "", "", funcs, builtins)
		if err != nil {
			return err
		}
		page := a.Name + "/" + strings.TrimSuffix(path.Base(file), ".html")
		for name, tree := range trees {
			switch {
			case slices.Contains(special, name):
				name = page + "#" + name
				s.parts[name] = true
			case name == file: // text outside every define: white space and comments
				continue
			case set.Lookup(name) != nil:
				return fmt.Errorf("%s: %q is defined twice", file, name)
			}
			if _, err := set.AddParseTree(name, tree); err != nil {
				return err
			}
		}
	}
	return nil
}

// builtins are the names that html/template knows by itself; the parser only asks whether they exist.
var builtins = func() map[string]any {
	m := map[string]any{}
	for _, name := range []string{"and", "call", "html", "index", "slice", "js", "len", "not", "or", "print", "printf", "println",
		"urlquery", "eq", "ge", "gt", "le", "lt", "ne"} {
		m[name] = true
	}
	return m
}()

func mapKeys[V any](m map[string]V) iter.Seq[string] { return maps.Keys(m) }
