package ui

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/platform/i18n"
)

// Form is what was typed. The reading methods give typed values and collect what is wrong, so that a handler
// reads every field first and asks Refused once. What was typed stays and is shown again.
type Form struct {
	values    url.Values
	files     map[string][]*multipart.FileHeader
	submitted bool
	restored  bool              // offered again from a draft after a new sign-in
	stale     bool              // somebody else changed the thing first
	now       map[string]string // of a sent form: guards as the handler has just read them
	lang      i18n.Lang
	site      *Site
	faults    fault.List
	labels    map[string]string // of the fields that the page has shown
}

// Faults of reading, in the user's terms. The field is named by At.
var (
	errRequired  = fault.New(fault.Invalid, "WEB-001", "ui.form.required")
	errTooLong   = fault.New(fault.Invalid, "WEB-002", "ui.form.too_long")
	errCharacter = fault.New(fault.Invalid, "WEB-003", "ui.form.character")
	errDate      = fault.New(fault.Invalid, "WEB-004", "ui.form.date")
	errMonth     = fault.New(fault.Invalid, "WEB-005", "ui.form.month")
	errTime      = fault.New(fault.Invalid, "WEB-006", "ui.form.time")
	errCents     = fault.New(fault.Invalid, "WEB-007", "ui.form.cents")
	errQuantity  = fault.New(fault.Invalid, "WEB-008", "ui.form.quantity")
	errNumber    = fault.New(fault.Invalid, "WEB-009", "ui.form.number")
	errChoice    = fault.New(fault.Invalid, "WEB-010", "ui.form.choice")
	errFile      = fault.New(fault.Invalid, "WEB-011", "ui.form.file")
	errFileSize  = fault.New(fault.Invalid, "WEB-012", "ui.form.file_size")
	errBody      = fault.New(fault.Invalid, "WEB-013", "ui.form.body")
	errEmail     = fault.New(fault.Invalid, "WEB-014", "ui.form.email")
)

// Longest accepted texts, in characters.
const (
	longestLine = 500
	longestText = 20_000
)

func readForm(r *Request) *Form {
	f := &Form{lang: r.Lang, site: r.site, values: url.Values{}}
	if r.Method != http.MethodPost {
		f.values = r.URL.Query()
		return f
	}
	f.submitted = true
	err := r.Request.ParseMultipartForm(8 << 20)
	if errors.Is(err, http.ErrNotMultipart) {
		err = r.Request.ParseForm()
	}
	if err != nil {
		f.faults = append(f.faults, errBody.Because(err))
		return f
	}
	f.values = r.PostForm
	if r.MultipartForm != nil {
		f.files = r.MultipartForm.File
	}
	return f
}

// Refused tells that something read so far cannot be accepted.
func (f *Form) Refused() bool { return f != nil && len(f.faults) > 0 }

// Err gives the faults read so far as one error.
func (f *Form) Err() error { return f.faults.Err() }

// Submitted tells that the form was sent (POST).
func (f *Form) Submitted() bool { return f != nil && f.submitted }

// Restored tells that the values come from a draft kept over a new sign-in.
func (f *Form) Restored() bool { return f != nil && f.restored }

// Refuse adds a fault; fault.At names the field.
func (f *Form) Refuse(one *fault.Fault) { f.faults = append(f.faults, one) }

// Take puts the faults of a use case on the form: true when the person can mend every one of them here (invalid, conflict or
// stale), so that the handler shows the page again with 422 and everything typed. Anything else is for the error page.
//
// After a stale fault the guards of the form are those of the present state, so that the form can be sent once more when the person
// has looked at what changed.
func (f *Form) Take(err error) bool {
	list := fault.All(err)
	if len(list) == 0 {
		return false
	}
	stale := false
	for _, one := range list {
		if one.Kind != fault.Invalid && one.Kind != fault.Conflict && one.Kind != fault.Stale {
			return false
		}
		stale = stale || one.Kind == fault.Stale
	}
	f.faults = append(f.faults, list...)
	if stale {
		f.stale = true
		for name, value := range f.now {
			f.values.Set(name, value)
		}
	}
	return true
}

// Stale tells that the form was refused because somebody else changed the thing first. A handler that offers the guards only to a
// form that was not sent offers them then, too.
func (f *Form) Stale() bool { return f != nil && f.stale }

// guards are the hidden fields that tell which state of a thing the person saw: version, row_version, step, and version.<id> in a
// list.
func guard(name string) bool {
	return name == "version" || name == "row_version" || name == "step" || strings.HasPrefix(name, "version.")
}

// Written gives what was typed as text, so that it can be shown where the form itself cannot: values of more than one word.
func (f *Form) Written() []string {
	var list []string
	for _, name := range slices.Sorted(mapKeys(f.values)) {
		for _, v := range f.values[name] {
			if v = strings.TrimSpace(v); strings.ContainsAny(v, " \n") && utf8.ValidString(v) {
				list = append(list, v)
			}
		}
	}
	return list
}

// Set gives a field its first value; what the person has typed wins. Dates, months, cents and quantities are
// written as the person would type them.
func (f *Form) Set(name string, value any) {
	if f.submitted && guard(name) {
		if f.now == nil {
			f.now = map[string]string{}
		}
		f.now[name] = f.site.typed(f.lang, value)
		if f.stale {
			f.values.Set(name, f.now[name])
		}
	}
	if f.submitted || f.restored {
		return
	}
	if _, typed := f.values[name]; typed {
		return
	}
	switch v := value.(type) {
	case []string:
		f.values[name] = v
	case bool:
		if v {
			f.values.Set(name, "yes")
		}
	default:
		f.values.Set(name, f.site.typed(f.lang, value))
	}
}

// Value is the text of a field as typed.
func (f *Form) Value(name string) string {
	if f == nil {
		return ""
	}
	return f.values.Get(name)
}

// Has tells whether a tick box or radio of the name has the value.
func (f *Form) Has(name, value string) bool {
	return f != nil && slices.Contains(f.values[name], value)
}

// Text reads one line that must be there.
func (f *Form) Text(name string) string { return f.line(name, true, longestLine) }

// OptionalText reads one line that may be empty.
func (f *Form) OptionalText(name string) string { return f.line(name, false, longestLine) }

// LongText reads several lines that must be there.
func (f *Form) LongText(name string) string { return f.line(name, true, longestText) }

// OptionalLongText reads several lines that may be empty.
func (f *Form) OptionalLongText(name string) string { return f.line(name, false, longestText) }

// Password reads a secret exactly as typed, unaltered; it must be there.
func (f *Form) Password(name string) string {
	s := f.values.Get(name)
	if s == "" {
		f.Refuse(errRequired.At(name))
	}
	f.values.Del(name) // never shown again
	return s
}

func (f *Form) line(name string, required bool, longest int) string {
	s := strings.TrimSpace(strings.ReplaceAll(f.values.Get(name), "\r\n", "\n"))
	several := longest > longestLine
	switch {
	case s == "" && required:
		f.Refuse(errRequired.At(name))
	case utf8.RuneCountInString(s) > longest:
		f.Refuse(errTooLong.At(name).With("longest", longest))
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(c rune) bool {
		return unicode.IsControl(c) && !(several && (c == '\n' || c == '\t'))
	}):
		f.Refuse(errCharacter.At(name))
	default:
		return s
	}
	return ""
}

// Read parses a field with a parser of the core, for instance Read(f, "iban", ident.ParseIBAN). An empty field
// is refused as missing; the parser's fault is put on the field.
func Read[T any](f *Form, name string, parse func(string) (T, error)) T {
	v, _ := read(f, name, true, parse)
	return v
}

// ReadOptional is Read for a field that may be empty; false tells that it was.
func ReadOptional[T any](f *Form, name string, parse func(string) (T, error)) (T, bool) {
	return read(f, name, false, parse)
}

func read[T any](f *Form, name string, required bool, parse func(string) (T, error)) (value T, ok bool) {
	before := len(f.faults)
	s := f.line(name, required, longestLine)
	if s == "" || len(f.faults) > before {
		return value, false
	}
	v, err := parse(s)
	if err == nil {
		return v, true
	}
	list := fault.All(err)
	if len(list) == 0 {
		list = fault.List{errCharacter.Because(err)}
	}
	for _, one := range list {
		f.Refuse(one.At(name))
	}
	return value, false
}

// Date reads a day: 1.12.2026, 2026-12-01 or 011226.
func (f *Form) Date(name string) calendar.Date { return Read(f, name, ParseDate) }

// OptionalDate reads a day that may be left empty.
func (f *Form) OptionalDate(name string) (calendar.Date, bool) {
	return ReadOptional(f, name, ParseDate)
}

// Month reads a month: 12/2026, 12.2026 or 2026-12.
func (f *Form) Month(name string) calendar.Month { return Read(f, name, ParseMonth) }

// Time reads a time of day, 8.05 or 08:05, as minutes from midnight.
func (f *Form) Time(name string) int { return Read(f, name, ParseTime) }

// Cents reads an amount in euros: 1 842,00 or 1842.00 €.
func (f *Form) Cents(name string) money.Cents { return Read(f, name, ParseCents) }

// OptionalCents reads an amount that may be left empty.
func (f *Form) OptionalCents(name string) (money.Cents, bool) {
	return ReadOptional(f, name, ParseCents)
}

// Quantity reads an amount of units with at most three decimals, or hours and minutes as 1:30.
func (f *Form) Quantity(name string) money.Quantity { return Read(f, name, ParseQuantity) }

// OptionalQuantity reads a quantity that may be left empty.
func (f *Form) OptionalQuantity(name string) (money.Quantity, bool) {
	return ReadOptional(f, name, ParseQuantity)
}

// Int reads a whole number between lowest and highest.
func (f *Form) Int(name string, lowest, highest int) int {
	return Read(f, name, func(s string) (int, error) {
		n, err := strconv.Atoi(s)
		if err != nil || n < lowest || n > highest {
			return 0, errNumber.With("lowest", lowest).With("highest", highest)
		}
		return n, nil
	})
}

// ID reads the number of an object from a hidden field or a choice; 0 with a fault when it is none.
func (f *Form) ID(name string) int64 {
	n, err := strconv.ParseInt(f.values.Get(name), 10, 64)
	if err != nil || n <= 0 {
		f.Refuse(errChoice.At(name))
		return 0
	}
	return n
}

// Email reads an address for electronic mail.
func (f *Form) Email(name string) string { return Read(f, name, parseEmail) }

// Choice reads one of the allowed values.
func (f *Form) Choice(name string, allowed ...string) string {
	s := f.values.Get(name)
	if s == "" || !slices.Contains(allowed, s) {
		f.Refuse(errChoice.At(name))
		return ""
	}
	return s
}

// Choices reads ticked values; any that is not allowed is refused. None ticked is an empty slice.
func (f *Form) Choices(name string, allowed ...string) []string {
	var got []string
	for _, s := range f.values[name] {
		if !slices.Contains(allowed, s) {
			f.Refuse(errChoice.At(name))
			return nil
		}
		got = append(got, s)
	}
	return got
}

// Bool reads a single tick box whose value is "yes".
func (f *Form) Bool(name string) bool { return f.Has(name, "yes") }

// Upload is a file that was sent.
type Upload struct {
	Name string // as the sender named it; only for showing
	Data []byte
}

// File reads one file of at most largest bytes; it must be there and not be empty.
func (f *Form) File(name string, largest int64) Upload {
	heads := f.files[name]
	if len(heads) == 0 || heads[0].Size == 0 {
		f.Refuse(errFile.At(name))
		return Upload{}
	}
	up, err := readUpload(heads[0], largest)
	if err != nil {
		f.Refuse(err.At(name))
	}
	return up
}

// Files reads any number of files, each of at most largest bytes.
func (f *Form) Files(name string, largest int64) []Upload {
	var got []Upload
	for _, head := range f.files[name] {
		if head.Size == 0 {
			continue
		}
		up, err := readUpload(head, largest)
		if err != nil {
			f.Refuse(err.At(name))
			return nil
		}
		got = append(got, up)
	}
	return got
}

// chosen names the files that were chosen in a field and are not there any more: a browser never shows a chosen file again.
func (f *Form) chosen(name string) string {
	if f == nil {
		return ""
	}
	if f.restored {
		return strings.Join(f.values[name], ", ")
	}
	var names []string
	for _, head := range f.files[name] {
		if head.Size > 0 {
			names = append(names, head.Filename)
		}
	}
	return strings.Join(names, ", ")
}

func readUpload(head *multipart.FileHeader, largest int64) (Upload, *fault.Fault) {
	if head.Size > largest {
		return Upload{}, errFileSize.With("megabytes", largest>>20)
	}
	file, err := head.Open()
	if err != nil {
		return Upload{}, errFile.Because(err)
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return Upload{}, errFile.Because(err)
	}
	return Upload{Name: head.Filename, Data: data}, nil
}

// fault of a field as text, "" when there is none.
func (f *Form) message(name string) string {
	if f == nil {
		return ""
	}
	for _, one := range f.faults {
		if one.Field == name {
			return f.site.faultText(f.lang, one)
		}
	}
	return ""
}
