package varda

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/fault"
	"seteli/domain/daycare/varda/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// Refusals of settings.
var (
	errAddress  = fault.New(fault.Invalid, "VRD-002", "varda.setting.address").At("address")
	errSource   = fault.New(fault.Invalid, "VRD-003", "varda.setting.source").At("source")
	errOID      = fault.New(fault.Invalid, "VRD-004", "varda.setting.oid")
	errUser     = fault.New(fault.Invalid, "VRD-005", "varda.setting.user").At("user")
	errPassword = fault.New(fault.Invalid, "VRD-006", "varda.setting.password").At("password")
	errStale    = fault.New(fault.Stale, "VRD-007", "varda.changed_meanwhile")
	errHours    = fault.New(fault.Invalid, "VRD-008", "varda.setting.hours")
	// ErrOff: no connection is set up, or it is switched off.
	ErrOff = fault.New(fault.Conflict, "VRD-009", "varda.off")
)

// Acts in the audit.
const (
	ActSet       audit.Act = "varda.connection_set"
	ActUnitSet   audit.Act = "varda.unit_set"
	ActOptionSet audit.Act = "varda.option_set"
	ActReported  audit.Act = "varda.child_reported"
	ActOrdered   audit.Act = "varda.run_ordered"
	ActHeld      audit.Act = "varda.run_held"
	ActRun       audit.Act = "varda.run_ended"
)

// Connection is a municipality's way to the warehouse. The password is sealed in the database and opened for a run only.
type Connection struct {
	Address    string // of the interface, ending in /api
	Source     string // two digits, given by the keeper of the warehouse
	Owner      string // OID of the municipality
	User       string
	Active     bool
	DailyMost  int   // changes from one night to the next; 0 = as many as there are
	RowVersion int32 // 0 = not set up yet
	SetAt      time.Time
	SetBy      string
}

const passwordColumn = "varda_setting.password_encrypted"

func place(organiser int32) secret.Place {
	return secret.Place{Column: passwordColumn, Organiser: organiser}
}

// ConnectionOf reads the connection without its password; the zero one when none is set up.
func ConnectionOf(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (Connection, error) {
	if err := mayRead(by, organiser); err != nil {
		return Connection{}, err
	}
	c, _, err := connection(ctx, tx, organiser)
	return c, err
}

// mayRead: who handles the children, and who sets the connection up.
func mayRead(by access.Actor, organiser int32) error {
	if by.May(access.OrganiserEdit, organiser) == nil {
		return nil
	}
	return by.May(access.DaycareDecide, organiser)
}

func connection(ctx context.Context, tx *postgres.Tx, organiser int32) (Connection, []byte, error) {
	r, err := db.New(tx).SettingOf(ctx, organiser)
	if errors.Is(err, pgx.ErrNoRows) {
		return Connection{}, nil, nil
	}
	if err != nil {
		return Connection{}, nil, fmt.Errorf("reading the connection to the warehouse: %w", err)
	}
	c := Connection{Address: r.BaseUrl, Source: r.SourceCode, Owner: r.OwnerOid, User: r.UserName, Active: r.Active, RowVersion: r.RowVersion, SetAt: r.SetAt, SetBy: r.SetBy}
	if r.DailyMost != nil {
		c.DailyMost = int(*r.DailyMost)
	}
	return c, r.PasswordEncrypted, nil
}

// Opened gives the connection with its password, for a run; VRD-009 when it is off.
func Opened(ctx context.Context, tx *postgres.Tx, keys *secret.Keys, organiser int32) (Connection, string, error) {
	c, sealed, err := connection(ctx, tx, organiser)
	if err != nil {
		return c, "", err
	}
	if !c.Active {
		return c, "", ErrOff
	}
	password, err := keys.Open(place(organiser), sealed)
	return c, string(password), err
}

var (
	oidForm    = regexp.MustCompile(`^1\.2\.246\.562\.10\.\d{11,20}$`)
	sourceForm = regexp.MustCompile(`^\d{2}$`)
)

func (c Connection) check(password string) error {
	var list fault.List
	if u, err := url.Parse(c.Address); err != nil || u.Host == "" || u.Scheme != "https" && u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost" {
		list = append(list, errAddress)
	}
	if !sourceForm.MatchString(c.Source) {
		list = append(list, errSource)
	}
	if !oidForm.MatchString(c.Owner) {
		list = append(list, errOID.At("owner"))
	}
	if strings.TrimSpace(c.User) == "" {
		list = append(list, errUser)
	}
	if password == "" && c.RowVersion == 0 {
		list = append(list, errPassword)
	}
	return list.Err()
}

// SetConnection sets the connection up or changes it. An empty password keeps the one that is there. A run that was held because the
// warehouse did not take the user goes on.
func SetConnection(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, organiser int32, c Connection, password string) error {
	if err := by.May(access.OrganiserEdit, organiser); err != nil {
		return err
	}
	if err := c.check(password); err != nil {
		return err
	}
	_, sealed, err := connection(ctx, tx, organiser)
	if err != nil {
		return err
	}
	if password != "" {
		if sealed, err = keys.Seal(place(organiser), []byte(password)); err != nil {
			return err
		}
	}
	var daily *int32
	if c.DailyMost > 0 {
		daily = new(int32(c.DailyMost))
	}
	q := db.New(tx)
	if c.RowVersion == 0 {
		err = q.SettingAdd(ctx, db.SettingAddParams{OrganiserID: organiser, BaseUrl: c.Address, SourceCode: c.Source, OwnerOid: c.Owner, UserName: c.User, PasswordEncrypted: sealed,
			Active: c.Active, DailyMost: daily, SetAt: tx.Now(), SetBy: by.Name})
		if postgres.ConstraintOf(err) == postgres.ConstraintVardaSettingPkey {
			return errStale
		}
	} else {
		var n int64
		n, err = q.SettingEdit(ctx, db.SettingEditParams{OrganiserID: organiser, BaseUrl: c.Address, SourceCode: c.Source, OwnerOid: c.Owner, UserName: c.User, PasswordEncrypted: sealed,
			Active: c.Active, DailyMost: daily, SetAt: tx.Now(), SetBy: by.Name, RowVersion: c.RowVersion})
		if err == nil && n == 0 {
			return errStale
		}
	}
	if err != nil {
		return fmt.Errorf("saving the connection to the warehouse: %w", err)
	}
	waiting, err := q.RunWaiting(ctx, organiser)
	if err != nil {
		return fmt.Errorf("reading ordered runs: %w", err)
	}
	if c.Active && len(waiting) > 0 && Hold(waiting[0].Held) == KeyRefuse {
		if err := forward(ctx, tx, by, organiser, waiting[0]); err != nil {
			return err
		}
	}
	return audit.Write(ctx, tx, by, ActSet, audit.Ref{Kind: "organiser", ID: int64(organiser)}, map[string]any{"address": c.Address, "source": c.Source, "owner": c.Owner, "active": c.Active, "daily_most": c.DailyMost})
}

// SettingsOf reads what is recorded of units and need options.
func SettingsOf(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) (Settings, error) {
	if err := mayRead(by, organiser); err != nil {
		return Settings{}, err
	}
	s := Settings{Units: map[int64]Unit{}, Options: map[string]Option{}}
	q := db.New(tx)
	units, err := q.Units(ctx, organiser)
	if err != nil {
		return s, fmt.Errorf("reading units of the warehouse: %w", err)
	}
	for _, u := range units {
		s.Units[u.UnitID] = Unit{u.UnitOid, u.ProducerOid, u.Agreed}
	}
	options, err := q.Options(ctx, organiser)
	if err != nil {
		return s, fmt.Errorf("reading need options of the warehouse: %w", err)
	}
	for _, o := range options {
		s.Options[o.OptionCode] = Option{Tenths(o.HoursTenths), o.Daily, o.Shift}
	}
	return s, nil
}

// SetUnit records under which OIDs a unit and its producer are in the warehouse, and whether both sides have recorded their agreement there.
func SetUnit(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, unit int64, u Unit) error {
	if by.May(access.OrganiserEdit, organiser) != nil { // whoever has the task of a refused child may mend its unit
		if err := by.May(access.DaycareDecide, organiser); err != nil {
			return err
		}
	}
	var list fault.List
	if !oidForm.MatchString(u.OID) {
		list = append(list, errOID.At("unit_oid"))
	}
	if !oidForm.MatchString(u.Producer) {
		list = append(list, errOID.At("producer_oid"))
	}
	if err := list.Err(); err != nil {
		return err
	}
	err := db.New(tx).UnitSet(ctx, db.UnitSetParams{OrganiserID: organiser, UnitID: unit, UnitOid: u.OID, ProducerOid: u.Producer, Agreed: u.Agreed, SetAt: tx.Now(), SetBy: by.Name})
	if err != nil {
		return fmt.Errorf("saving unit %d of the warehouse: %w", unit, err)
	}
	return audit.Write(ctx, tx, by, ActUnitSet, audit.Ref{Kind: "unit", ID: unit}, u)
}

// SetOption records how many hours a week a need option is for the warehouse: 1 to 120.
func SetOption(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, code string, o Option) error {
	if err := by.May(access.OrganiserEdit, organiser); err != nil {
		return err
	}
	if o.Hours < 10 || o.Hours > 1200 {
		return errHours.At("hours." + code)
	}
	err := db.New(tx).OptionSet(ctx, db.OptionSetParams{OrganiserID: organiser, OptionCode: code, HoursTenths: int32(o.Hours), Daily: o.Daily, Shift: o.Shift, SetAt: tx.Now(), SetBy: by.Name})
	if err != nil {
		return fmt.Errorf("saving need option %s of the warehouse: %w", code, err)
	}
	return audit.Write(ctx, tx, by, ActOptionSet, audit.Ref{Kind: "organiser", ID: int64(organiser), Label: code}, o)
}

// Placed is a unit with voucher children and what is recorded of it for the warehouse.
type Placed struct {
	ID    int64
	Name  string
	Known bool // recorded for the warehouse; before that its OID is the register's, when the register has one
	Unit
}

// PlacedUnits lists the units of voucher children by name.
func PlacedUnits(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Placed, error) {
	if err := mayRead(by, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).UnitsPlaced(ctx, organiser)
	if err != nil {
		return nil, fmt.Errorf("listing units of voucher children: %w", err)
	}
	list := make([]Placed, len(rows))
	for i, r := range rows {
		list[i] = Placed{r.UnitID, r.Name, r.Known, Unit{r.UnitOid, r.ProducerOid, r.Agreed}}
	}
	return list, nil
}
