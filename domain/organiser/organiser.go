package organiser

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/organiser/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// Acts of this package in the audit.
const (
	ActFounded     = audit.Act("organiser.founded")
	ActEdited      = audit.Act("organiser.edited")
	ActServes      = audit.Act("organiser.serves")
	ActServesEnded = audit.Act("organiser.serves_ended")
	ActMunicipal   = audit.Act("organiser.municipalities_set")
	ActTeamAdded   = audit.Act("team.added")
	ActTeamEdited  = audit.Act("team.edited")
	ActTeamMembers = audit.Act("team.members_set")
	ActBudgetSet   = audit.Act("budget.set")
	ActBudgetFile  = audit.Act("budget.imported")
)

// Organiser is one arranger of services with its own settings.
type Organiser struct {
	ID                          int32
	Prefix                      string // first letters of its voucher numbers
	Kind                        string // municipality, county, joint_authority
	Names                       i18n.Names
	BusinessID                  string
	Email, Phone                string
	AddressLine, Postcode, City string
	RegistryEmail               string     // where a request for rectification is sent
	RectificationBody           i18n.Names // who decides on it
	Rhythm                      string     // daily, weekly, monthly
	SettlementDay               int        // day of the month 1–28, ISO weekday 1–7 when weekly
	PaymentTermDays             int        // from the approval of a settlement to the due date
	PayerName                   string
	PayerIBAN                   string
	NoticeLanguages             []i18n.Lang // of the notices that its own offices get; the first is that of subjects
	Demo                        bool
	RowVersion                  int
}

// Settings are what the organiser's main user may change.
type Settings struct {
	Names                       i18n.Names
	Email, Phone                string
	AddressLine, Postcode, City string
	RegistryEmail               string
	RectificationBody           i18n.Names
	Rhythm                      string
	SettlementDay               int
	PaymentTermDays             int
	PayerName, PayerIBAN        string
	NoticeLanguages             []i18n.Lang // nil = Finnish
}

// FoundInput is a new organiser.
type FoundInput struct {
	Prefix, Kind, BusinessID string
	Settings
	Demo bool
}

// EditInput changes the settings that were shown with RowVersion.
type EditInput struct {
	Organiser  int32
	RowVersion int
	Settings
}

// Ref names the organiser in the audit.
func (o Organiser) Ref() audit.Ref {
	return audit.Ref{Kind: "organiser", ID: int64(o.ID), Label: o.Names.Fi}
}

// Settings gives the part that can be edited.
func (o Organiser) Settings() Settings {
	return Settings{Names: o.Names, Email: o.Email, Phone: o.Phone, AddressLine: o.AddressLine, Postcode: o.Postcode, City: o.City,
		RegistryEmail: o.RegistryEmail, RectificationBody: o.RectificationBody, Rhythm: o.Rhythm, SettlementDay: o.SettlementDay,
		PaymentTermDays: o.PaymentTermDays, PayerName: o.PayerName, PayerIBAN: o.PayerIBAN,
		NoticeLanguages: o.NoticeLanguages}
}

// Language is the organiser's own: that of what it writes for itself.
func (o Organiser) Language() i18n.Lang {
	if len(o.NoticeLanguages) == 0 {
		return i18n.FI
	}
	return o.NoticeLanguages[0]
}

var kinds = []string{"municipality", "county", "joint_authority"}

// Rhythms are the settlement rhythms, the usual one first.
func Rhythms() []string { return []string{"monthly", "weekly", "daily"} }

// checked gives the settings in normal form, or everything that is wrong with them.
func (s Settings) checked() (Settings, error) {
	var wrong fault.List
	for _, f := range []struct {
		field string
		value *string
	}{
		{"name_fi", &s.Names.Fi}, {"email", &s.Email}, {"phone", &s.Phone}, {"address_line", &s.AddressLine}, {"postcode", &s.Postcode},
		{"city", &s.City}, {"registry_email", &s.RegistryEmail}, {"rectification_body_fi", &s.RectificationBody.Fi},
		{"payer_name", &s.PayerName}, {"payer_iban", &s.PayerIBAN},
	} {
		if *f.value = strings.TrimSpace(*f.value); *f.value == "" {
			wrong = append(wrong, errRequired.At(f.field))
		}
	}
	if s.Email != "" && !isEmail(s.Email) {
		wrong = append(wrong, errEmail.At("email"))
	}
	if s.RegistryEmail != "" && !isEmail(s.RegistryEmail) {
		wrong = append(wrong, errEmail.At("registry_email"))
	}
	if s.Postcode != "" && (len(s.Postcode) != 5 || strings.Trim(s.Postcode, "0123456789") != "") {
		wrong = append(wrong, errPostcode)
	}
	wrong = append(wrong, s.calendar()...)
	if s.NoticeLanguages == nil {
		s.NoticeLanguages = []i18n.Lang{i18n.FI}
	}
	if len(s.NoticeLanguages) == 0 {
		wrong = append(wrong, errRequired.At("notice_languages"))
	}
	if s.PayerIBAN != "" {
		iban, err := ident.ParseIBAN(s.PayerIBAN)
		if err != nil {
			wrong = append(wrong, fault.All(fault.On(err, "payer_iban"))...)
		}
		s.PayerIBAN = iban.String()
	}
	return s, wrong.Err()
}

// calendar checks rhythm, day and term. The 28th is the last day that every month has.
func (s Settings) calendar() (wrong fault.List) {
	last := 28
	switch s.Rhythm {
	case "weekly":
		last = 7
	case "daily", "monthly":
	default:
		wrong = append(wrong, errRhythm)
	}
	if s.SettlementDay < 1 || s.SettlementDay > last {
		wrong = append(wrong, errDay.With("last", last))
	}
	if s.PaymentTermDays < 0 || s.PaymentTermDays > 90 {
		wrong = append(wrong, errTerm)
	}
	return wrong
}

// isEmail is the shape that mail servers accept in practice: something, one @, a host with a dot, no spaces.
func isEmail(s string) bool {
	local, host, found := strings.Cut(s, "@")
	return found && local != "" && strings.Contains(strings.Trim(host, "."), ".") && !strings.ContainsAny(s, " \t\r\n,;<>") && !strings.Contains(host, "@")
}

// Found makes an organiser. Prefix and business id are its own for good.
func Found(ctx context.Context, tx *postgres.Tx, by access.Actor, in FoundInput) (Organiser, error) {
	if err := by.May(access.OrganiserManage, 0); err != nil {
		return Organiser{}, err
	}
	s, err := in.checked()
	wrong := fault.All(err)
	// Letters only, though a voucher number may hold digits: the prefix is read aloud as the organiser's name.
	if ident.CheckPrefix(in.Prefix) != nil || strings.ContainsAny(in.Prefix, "0123456789") {
		wrong = append(wrong, errPrefixForm)
	}
	id, err := ident.ParseBusinessID(in.BusinessID)
	if err != nil {
		wrong = append(wrong, fault.All(err)...)
	}
	if !slices.Contains(kinds, in.Kind) {
		wrong = append(wrong, errKind)
	}
	if err := wrong.Err(); err != nil {
		return Organiser{}, err
	}
	number, err := db.New(tx).OrganiserInsert(ctx, db.OrganiserInsertParams{
		VoucherPrefix: in.Prefix, Kind: in.Kind, NameFi: s.Names.Fi, NameSv: s.Names.Sv, NameEn: s.Names.En, BusinessID: id.String(),
		Email: s.Email, Phone: s.Phone, AddressLine: s.AddressLine, Postcode: s.Postcode, City: s.City, RegistryEmail: s.RegistryEmail,
		RectificationBodyFi: s.RectificationBody.Fi, RectificationBodySv: s.RectificationBody.Sv, RectificationBodyEn: s.RectificationBody.En,
		SettlementRhythm: s.Rhythm, SettlementDay: int16(s.SettlementDay), PaymentTermDays: int16(s.PaymentTermDays),
		PayerName: s.PayerName, PayerIban: s.PayerIBAN, NoticeLanguages: codes(s.NoticeLanguages), Demo: in.Demo, CreatedAt: tx.Now()})
	switch postgres.ConstraintOf(err) {
	case postgres.ConstraintOrganiserPrefixUnique:
		return Organiser{}, errPrefixTaken.Because(err)
	case postgres.ConstraintOrganiserBusinessIdUnique:
		return Organiser{}, errBusinessID.Because(err)
	}
	if err != nil {
		return Organiser{}, fmt.Errorf("founding organiser %s: %w", in.Prefix, err)
	}
	o, err := Get(ctx, tx, number)
	if err != nil {
		return Organiser{}, err
	}
	return o, audit.Write(ctx, tx, by, ActFounded, o.Ref(), map[string]any{"prefix": o.Prefix, "kind": o.Kind})
}

// Edit saves the settings. ORG-002 when somebody saved after RowVersion was shown.
func Edit(ctx context.Context, tx *postgres.Tx, by access.Actor, in EditInput) (Organiser, error) {
	if err := by.May(access.OrganiserEdit, in.Organiser); err != nil {
		return Organiser{}, err
	}
	s, err := in.checked()
	if err != nil {
		return Organiser{}, err
	}
	before, err := Get(ctx, tx, in.Organiser)
	if err != nil {
		return Organiser{}, err
	}
	n, err := db.New(tx).OrganiserUpdate(ctx, db.OrganiserUpdateParams{
		OrganiserID: in.Organiser, RowVersion: int32(in.RowVersion), NameFi: s.Names.Fi, NameSv: s.Names.Sv, NameEn: s.Names.En,
		Email: s.Email, Phone: s.Phone, AddressLine: s.AddressLine, Postcode: s.Postcode, City: s.City, RegistryEmail: s.RegistryEmail,
		RectificationBodyFi: s.RectificationBody.Fi, RectificationBodySv: s.RectificationBody.Sv, RectificationBodyEn: s.RectificationBody.En,
		SettlementRhythm: s.Rhythm, SettlementDay: int16(s.SettlementDay), PaymentTermDays: int16(s.PaymentTermDays),
		PayerName: s.PayerName, PayerIban: s.PayerIBAN, NoticeLanguages: codes(s.NoticeLanguages)})
	if err != nil {
		return Organiser{}, fmt.Errorf("editing organiser %d: %w", in.Organiser, err)
	}
	if n == 0 {
		return Organiser{}, ErrStale
	}
	after, err := Get(ctx, tx, in.Organiser)
	if err != nil {
		return Organiser{}, err
	}
	return after, audit.Write(ctx, tx, by, ActEdited, after.Ref(), map[string]any{"before": before.Settings(), "after": after.Settings()})
}

// Get gives one organiser; ORG-001 when there is none. Organisers are public.
func Get(ctx context.Context, tx *postgres.Tx, id int32) (Organiser, error) {
	r, err := db.New(tx).OrganiserGet(ctx, id)
	return found(r, err)
}

// ByPrefix finds the organiser by the first letters of a voucher number.
func ByPrefix(ctx context.Context, tx *postgres.Tx, prefix string) (Organiser, error) {
	r, err := db.New(tx).OrganiserByPrefix(ctx, prefix)
	return found(db.OrganiserGetRow(r), err)
}

// All lists the organisers by their Finnish names.
func All(ctx context.Context, tx *postgres.Tx) ([]Organiser, error) {
	rows, err := db.New(tx).OrganiserAll(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing organisers: %w", err)
	}
	all := make([]Organiser, len(rows))
	for i, r := range rows {
		all[i] = from(db.OrganiserGetRow(r))
	}
	return all, nil
}

func found(r db.OrganiserGetRow, err error) (Organiser, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return Organiser{}, ErrUnknown
	}
	if err != nil {
		return Organiser{}, fmt.Errorf("reading an organiser: %w", err)
	}
	return from(r), nil
}

func from(r db.OrganiserGetRow) Organiser {
	return Organiser{ID: r.OrganiserID, Prefix: r.VoucherPrefix, Kind: r.Kind, Names: i18n.Names{Fi: r.NameFi, Sv: r.NameSv, En: r.NameEn},
		BusinessID: r.BusinessID, Email: r.Email, Phone: r.Phone, AddressLine: r.AddressLine, Postcode: r.Postcode, City: r.City,
		RegistryEmail: r.RegistryEmail, Rhythm: r.SettlementRhythm, SettlementDay: int(r.SettlementDay), PaymentTermDays: int(r.PaymentTermDays),
		RectificationBody: i18n.Names{Fi: r.RectificationBodyFi, Sv: r.RectificationBodySv, En: r.RectificationBodyEn},
		PayerName:         r.PayerName, PayerIBAN: r.PayerIban, NoticeLanguages: languages(r.NoticeLanguages), Demo: r.Demo, RowVersion: int(r.RowVersion)}
}

func codes(list []i18n.Lang) []string {
	out := make([]string, len(list))
	for i, l := range list {
		out[i] = string(l)
	}
	return out
}

func languages(list []string) []i18n.Lang {
	out := make([]i18n.Lang, len(list))
	for i, l := range list {
		out[i] = i18n.Lang(l)
	}
	return out
}

// NextNumber gives the next number of a series in a year, from 1 without gaps. It holds a row lock until commit,
// so a use case calls it last. The scope must be the organiser's.
func NextNumber(ctx context.Context, tx *postgres.Tx, organiser int32, series string, year int) (int64, error) {
	n, err := db.New(tx).NumberNext(ctx, db.NumberNextParams{OrganiserID: organiser, Series: series, Year: int32(year)})
	if err != nil {
		return 0, fmt.Errorf("numbering %s %d: %w", series, year, err)
	}
	return n, nil
}

// NextNumbers takes a block of n numbers of a series and gives the first; gap-free like NextNumber, under the same lock.
func NextNumbers(ctx context.Context, tx *postgres.Tx, organiser int32, series string, year int, n int64) (int64, error) {
	last, err := db.New(tx).NumbersNext(ctx, db.NumbersNextParams{OrganiserID: organiser, Series: series, Year: int32(year), Wanted: n})
	if err != nil {
		return 0, fmt.Errorf("numbering %d of %s %d: %w", n, series, year, err)
	}
	return last - n + 1, nil
}

// lock queues those who decide about the organiser as a whole; first in the house's lock order.
func lock(ctx context.Context, tx *postgres.Tx, organiser int32) error {
	_, err := db.New(tx).OrganiserLock(ctx, organiser)
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrUnknown
	}
	if err != nil {
		return fmt.Errorf("locking organiser %d: %w", organiser, err)
	}
	return nil
}

func periodFault(p calendar.Period) error {
	if p.Empty() {
		return errPeriod
	}
	return nil
}
