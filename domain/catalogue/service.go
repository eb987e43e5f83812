package catalogue

import (
	"slices"
	"strings"
	"time"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/platform/audit"
	"seteli/platform/i18n"
)

// Mode is how a service is arranged; it decides what can be granted.
type Mode string

// The modes.
const (
	Voucher   Mode = "voucher"   // open application, provider's own prices, value per unit
	Purchased Mode = "purchased" // tender winners only, contract prices, ordered from one provider
	Licence   Mode = "licence"   // open for a whole licence period, fixed price, no own share
	Register  Mode = "register"  // application and public list only
)

// Modes lists the modes in the order of a form.
func Modes() []Mode { return []Mode{Voucher, Purchased, Licence, Register} }

// Grants reports whether something can be granted to a client in this mode.
func (m Mode) Grants() bool { return m == Voucher || m == Purchased || m == Licence }

// Known reports that the mode is one of the four.
func (m Mode) Known() bool { return slices.Contains(Modes(), m) }

// Unit is what a content is counted in; the texts are unit.<name>.
type Unit string

// The units.
const (
	Hour  Unit = "hour"
	Visit Unit = "visit"
	Day   Unit = "day"
	Week  Unit = "week"
	Month Unit = "month"
	Piece Unit = "piece"
	Euro  Unit = "euro" // a purse: one unit is one euro
)

// Units lists the units in the order of a form.
func Units() []Unit { return []Unit{Hour, Visit, Day, Week, Month, Piece, Euro} }

// Known reports that the unit is one of the seven.
func (u Unit) Known() bool { return slices.Contains(Units(), u) }

// Service is one service as one of its versions describes it.
type Service struct {
	Organiser               int32
	ID                      int64
	Code                    string
	AreaID, ClassID         int64
	Area, Class             i18n.Names
	LastVersion             int // the newest version there is; PublishVersion is given this one as its base
	Version                 int
	ValidFrom               calendar.Date
	Names, Descriptions     i18n.Names
	Mode                    Mode
	Open                    bool // providers may apply
	OwnShareForbidden       bool // free by law (734/1992 4–5 §): a price above the value is refused
	LegalAct, LegalSection  string
	NationalCode            string // class of the national service data (PTV), "" = none
	AccountCode, CostCentre string // default accounting dimensions
	NoticeEmail             string // who gets notices about the service
	Teams                   []int64
	Contents                []Content
	PublishedAt             time.Time
	PublishedBy             string
}

// Content is what is priced, granted and recorded.
type Content struct {
	ID          int64
	Code        string
	Unit        Unit
	Names       i18n.Names
	Description string // not public
	Position    int
	PriceCap    *money.Cents    // highest price a provider may set per unit; nil = none
	MaxDay      *money.Quantity // most units a day for one client; nil = none
	Period      calendar.Period
}

// Ref names the service in the audit.
func (s Service) Ref() audit.Ref { return audit.Ref{Kind: "service", ID: s.ID, Label: s.Names.Fi} }

// Content gives the content with the id.
func (s Service) Content(id int64) (Content, bool) {
	i := slices.IndexFunc(s.Contents, func(c Content) bool { return c.ID == id })
	if i < 0 {
		return Content{}, false
	}
	return s.Contents[i], true
}

// ContentsOn gives the contents that are in use on a day.
func (s Service) ContentsOn(day calendar.Date) []Content {
	var on []Content
	for _, c := range s.Contents {
		if c.Period.Contains(day) {
			on = append(on, c)
		}
	}
	return on
}

// validCode is the form of codes: what fits into file names, statements and accounting rows everywhere.
func validCode(s string) bool {
	return s != "" && len(s) <= 30 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == ""
}
