package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/daycare"
	"seteli/domain/daycare/store/db"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// Draft is a value decision that waits for a person.
type Draft struct {
	ID            int64
	Child         int64
	ChildName     string
	Unit          int64
	UnitName      string
	Period        calendar.Period
	Value         money.Cents
	OwnShare      money.Cents
	Payable       money.Cents
	Differences   []daycare.Difference // none = the child's first decision after a time without one
	Retroactive   bool                 // begins before this month
	SendFrom      calendar.Date        // the first day on which the rules let it be sent
	MadeAt        time.Time
	Ignored       bool
	IgnoredReason string
	IgnoredBy     string
	Ordered       bool // an order to send it waits for its turn
}

// FirstDecision in a filter asks for drafts that differ from nothing: there is no decision before them.
const FirstDecision daycare.Difference = "FIRST"

// DraftFilter narrows the list.
type DraftFilter struct {
	Organiser       int32
	Ignored         bool // those set aside instead of those that wait
	Difference      daycare.Difference
	Unit            int64
	Child           int64
	Drafts          []int64 // these only
	OnlyRetroactive bool
	OnlySendable    bool  // those that may be sent today: the others begin further ahead than the rules allow
	After           int64 // the draft before the first one of the page; 0 = from the beginning
	Most            int
}

func monthStart(tx *postgres.Tx) calendar.Date { return calendar.MonthOf(tx.Today()).Period().From }

// ListDrafts lists drafts by child and logs the reading.
func ListDrafts(ctx context.Context, tx *postgres.Tx, by access.Actor, f DraftFilter) ([]Draft, error) {
	if err := by.May(access.DaycareDecide, f.Organiser); err != nil {
		return nil, err
	}
	if f.Drafts == nil {
		f.Drafts = []int64{}
	}
	rules, soon, err := sendableNow(ctx, tx, f.Organiser)
	if err != nil {
		return nil, err
	}
	rows, err := db.New(tx).DraftPage(ctx, db.DraftPageParams{OrganiserID: f.Organiser, Ignored: f.Ignored, Difference: string(f.Difference), Unit: f.Unit, Child: f.Child,
		Drafts: f.Drafts, OnlyRetroactive: f.OnlyRetroactive, MonthStart: monthStart(tx), Later: !f.OnlySendable, SoonFroms: soon.froms, SoonTos: soon.tos, After: f.After, Most: int32(f.Most)})
	if err != nil {
		return nil, fmt.Errorf("listing drafts: %w", err)
	}
	list := make([]Draft, len(rows))
	var views []audit.View
	for i, r := range rows {
		list[i] = Draft{ID: r.DraftID, Child: r.ChildID, ChildName: listName(r.LastName, r.FirstNames), Unit: r.UnitID, UnitName: r.UnitName, Period: period(r.ValidFrom, r.ValidTo),
			Value: r.ValueCents, OwnShare: r.OwnCents, Payable: r.PayableCents, Retroactive: daycare.Sending{Today: tx.Today(), From: r.ValidFrom}.Retroactive(), MadeAt: r.MadeAt,
			Ignored: r.Ignored, IgnoredReason: r.IgnoredReason, IgnoredBy: r.IgnoredBy, Ordered: r.Ordered}
		if len(rules) > 0 {
			list[i].SendFrom = r.ValidFrom - calendar.Date(rules.on(r.ValidFrom).Profile.MaxDaysAhead)
		}
		for _, d := range r.Differences {
			list[i].Differences = append(list[i].Differences, daycare.Difference(d))
		}
		if i == 0 || rows[i-1].ChildID != r.ChildID {
			views = append(views, audit.View{Organiser: f.Organiser, Person: r.PersonID, Client: r.ChildID, Purpose: client.ForCase, What: "daycare"})
		}
	}
	return list, audit.SeenMany(ctx, tx, by, views)
}

// begin are first days, as stretches that a query compares with.
type begin struct{ froms, tos []calendar.Date }

// sendableNow tells which first days a decision that is sent today may have, by the rules of each first day: the same that Send asks for.
// Without published rules there is none.
func sendableNow(ctx context.Context, tx *postgres.Tx, organiser int32) (inForce, begin, error) {
	soon := begin{[]calendar.Date{}, []calendar.Date{}}
	rules, err := published(ctx, tx, organiser)
	if errors.Is(err, errNoRules) {
		return nil, soon, nil
	}
	if err != nil {
		return nil, soon, err
	}
	for _, v := range rules {
		soon.froms = append(soon.froms, v.From)
		soon.tos = append(soon.tos, min(v.To, tx.Today()+calendar.Date(v.Profile.MaxDaysAhead)+1))
	}
	return rules, soon, nil
}

func listName(last, first string) string { return strings.TrimSpace(last + " " + first) }

// DraftSum counts drafts.
type DraftSum struct {
	Drafts, Retroactive int
	Payable             money.Cents // by the municipality for a whole month
}

// CountDrafts counts those of a filter, whatever the page.
func CountDrafts(ctx context.Context, tx *postgres.Tx, by access.Actor, f DraftFilter) (DraftSum, error) {
	if err := by.May(access.DaycareDecide, f.Organiser); err != nil {
		return DraftSum{}, err
	}
	if f.Drafts == nil {
		f.Drafts = []int64{}
	}
	_, soon, err := sendableNow(ctx, tx, f.Organiser)
	if err != nil {
		return DraftSum{}, err
	}
	n, err := db.New(tx).DraftCount(ctx, db.DraftCountParams{OrganiserID: f.Organiser, Ignored: f.Ignored, Difference: string(f.Difference), Unit: f.Unit,
		OnlyRetroactive: f.OnlyRetroactive, MonthStart: monthStart(tx), Later: !f.OnlySendable, SoonFroms: soon.froms, SoonTos: soon.tos, Drafts: f.Drafts})
	if err != nil {
		return DraftSum{}, fmt.Errorf("counting drafts: %w", err)
	}
	return DraftSum{int(n.N), int(n.Retroactive), money.Cents(n.PayableCents)}, nil
}

// ReadDraft reads a draft with what it is made of, and logs the reading. DAY-086 when it is not there any more.
func ReadDraft(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Draft, Reasoned, error) {
	for _, ignored := range []bool{false, true} {
		list, err := ListDrafts(ctx, tx, by, DraftFilter{Organiser: organiser, Ignored: ignored, Drafts: []int64{id}, Most: 1})
		if err != nil {
			return Draft{}, Reasoned{}, err
		}
		if len(list) == 0 {
			continue
		}
		row, err := db.New(tx).DraftOne(ctx, db.DraftOneParams{OrganiserID: organiser, DraftID: id})
		if err != nil {
			return Draft{}, Reasoned{}, fmt.Errorf("reading draft %d: %w", id, err)
		}
		why, err := readReasons(id, row.Basis, row.Explanation, row.Differences)
		return list[0], why, err
	}
	return Draft{}, Reasoned{}, errDraftGone
}

func readReasons(id int64, basis, explanation string, differences []string) (Reasoned, error) {
	var out Reasoned
	if err := json.Unmarshal([]byte(basis), &out.Basis); err != nil {
		return Reasoned{}, fmt.Errorf("basis of decision %d: %w", id, err)
	}
	out.Explanation = rulebook.Explanation{}
	if err := json.Unmarshal([]byte(explanation), &out.Explanation); err != nil {
		return Reasoned{}, fmt.Errorf("explanation of decision %d: %w", id, err)
	}
	for _, d := range differences {
		out.Differences = append(out.Differences, daycare.Difference(d))
	}
	return out, nil
}

// ReadDecision reads a value decision of a child with what it was made of, and logs the reading.
func ReadDecision(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, id int64) (Record, Decision, Reasoned, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return Record{}, Decision{}, Reasoned{}, err
	}
	child, err := db.New(tx).DecisionChild(ctx, db.DecisionChildParams{OrganiserID: organiser, ValueDecisionID: id})
	if errors.Is(err, pgx.ErrNoRows) {
		return Record{}, Decision{}, Reasoned{}, errDecision
	}
	if err != nil {
		return Record{}, Decision{}, Reasoned{}, fmt.Errorf("reading decision %d: %w", id, err)
	}
	r, err := Get(ctx, tx, by, Of{organiser, child})
	if err != nil {
		return Record{}, Decision{}, Reasoned{}, err
	}
	why, err := Reasons(ctx, tx, by, organiser, id)
	for _, d := range r.Decisions {
		if d.ID == id {
			return r, d, why, err
		}
	}
	return Record{}, Decision{}, Reasoned{}, errDecision
}

// ChildQuery narrows the list of children.
type ChildQuery struct {
	Organiser int32
	Text      string // a part of the name, or an identity code
	Unit      int64
	Only      string // "" everybody, or one of ChildFilters
	After     int64  // the child before the first one of the page; 0 = from the beginning
	Most      int
}

// ChildFilters are the filters of the list: children with tasks, without a told income, without a need, with drafts.
func ChildFilters() []string { return []string{"tasks", "income", "need", "drafts"} }

// ChildRow is a child in the list.
type ChildRow struct {
	Listed
	Unit     int64 // 0 = no place now or later
	UnitName string
	Place    calendar.Period
	Option   string // need on the day, or on the first day of the place; "" = none is recorded
	Drafts   int
	Tasks    int
}

// FindChildren lists a page of children by name, and logs that they were listed. keys may be nil: an identity code finds nobody then.
func FindChildren(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, f ChildQuery) ([]ChildRow, error) {
	if err := by.May(access.DaycareDecide, f.Organiser); err != nil {
		return nil, err
	}
	p := db.ChildPageParams{OrganiserID: f.Organiser, Day: tx.Today(), Words: strings.Join(strings.Fields(f.Text), " "), IdentityIndex: []byte{}, Unit: f.Unit, Which: f.Only, After: f.After, Most: int32(f.Most)}
	if hetu, err := ident.ParseHetu(p.Words); err == nil && keys != nil {
		if p.IdentityIndex, err = client.Index(keys, hetu); err != nil {
			return nil, err
		}
		p.Words = ""
	}
	rows, err := db.New(tx).ChildPage(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("listing children: %w", err)
	}
	list, views := make([]ChildRow, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		list[i] = ChildRow{Listed: Listed{r.ClientID, r.PersonID, listName(r.LastName, r.FirstNames), r.BirthDate}, Unit: r.UnitID, UnitName: r.UnitName,
			Place: period(r.PlacedFrom, r.PlacedTo), Option: r.OptionCode, Drafts: int(r.Drafts), Tasks: int(r.Tasks)}
		views[i] = audit.View{Organiser: f.Organiser, Person: r.PersonID, Client: r.ClientID, Purpose: client.ForCase, What: "daycare"}
	}
	return list, audit.SeenMany(ctx, tx, by, views)
}

// Unit is a unit with a child's place.
type Unit struct {
	ID   int64
	Name string
}

// UnitsInUse lists the units with a child's place now or later.
func UnitsInUse(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32) ([]Unit, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).UnitsUsed(ctx, db.UnitsUsedParams{OrganiserID: organiser, Day: tx.Today()})
	if err != nil {
		return nil, fmt.Errorf("listing units: %w", err)
	}
	list := make([]Unit, len(rows))
	for i, r := range rows {
		list[i] = Unit{r.UnitID, r.Name}
	}
	return list, nil
}

// Sibling is another child in early education of the child's heads or of those who live with them.
type Sibling struct {
	Listed
	UnitName string // of the place now or next; "" = none
}

// Siblings lists them, the oldest first, for a page whose own reading has been checked; the reading of each is logged.
func Siblings(ctx context.Context, tx *postgres.Tx, by access.Actor, of Of) ([]Sibling, error) {
	if err := by.May(access.DaycareDecide, of.Organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).SiblingsOf(ctx, db.SiblingsOfParams{OrganiserID: of.Organiser, ChildID: of.Child, Day: tx.Today()})
	if err != nil {
		return nil, fmt.Errorf("reading siblings of child %d: %w", of.Child, err)
	}
	list, views := make([]Sibling, len(rows)), make([]audit.View, len(rows))
	for i, r := range rows {
		list[i] = Sibling{Listed{r.ClientID, r.PersonID, listName(r.LastName, r.FirstNames), r.BirthDate}, r.UnitName}
		views[i] = audit.View{Organiser: of.Organiser, Person: r.PersonID, Client: r.ClientID, Purpose: client.ForCase, What: "daycare"}
	}
	return list, audit.SeenMany(ctx, tx, by, views)
}

// MemberOnly is a child of the household who is not among the children of early education.
type MemberOnly struct {
	Name      string
	BirthDate calendar.Date
	Adult     int64 // client whose household tells of it
}

// MembersOnly lists the children of the household, young enough for early education, of whom nothing but the household tells. Each counts in
// the size of the family. It has no place among the siblings of the fee: the act orders the children who are in early education, and that
// somebody is one only a place tells. Whether a place is missing a person must ask the family. The reading of the child covers its household.
func MembersOnly(ctx context.Context, tx *postgres.Tx, by access.Actor, of Of) ([]MemberOnly, error) {
	if err := by.May(access.DaycareDecide, of.Organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).MembersOnly(ctx, db.MembersOnlyParams{OrganiserID: of.Organiser, ChildID: of.Child, Day: tx.Today(), Born: daycare.BeforeSchoolBorn(tx.Today())})
	if err != nil {
		return nil, fmt.Errorf("reading the household of child %d: %w", of.Child, err)
	}
	list := make([]MemberOnly, len(rows))
	for i, r := range rows {
		list[i] = MemberOnly{listName(r.LastName, r.FirstNames), r.BirthDate, r.AdultID}
	}
	return list, nil
}

// HeadsOn gives the head of each child on a day, by number of client, for a page that leads to their households.
func HeadsOn(ctx context.Context, tx *postgres.Tx, by access.Actor, organiser int32, day calendar.Date) (map[int64]int64, error) {
	if err := by.May(access.DaycareDecide, organiser); err != nil {
		return nil, err
	}
	rows, err := db.New(tx).HeadsOn(ctx, db.HeadsOnParams{OrganiserID: organiser, Day: day})
	if err != nil {
		return nil, fmt.Errorf("reading heads: %w", err)
	}
	heads := make(map[int64]int64, len(rows))
	for _, r := range rows {
		heads[r.ChildID] = r.AdultID
	}
	return heads, nil
}
