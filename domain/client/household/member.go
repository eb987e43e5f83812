package household

import (
	"context"
	"fmt"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/domain/client"
	"seteli/domain/client/household/db"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
	"seteli/platform/secret"
)

// Acts of this package in the audit.
const (
	MemberAdded      audit.Act = "household.member_added"
	MemberEdited     audit.Act = "household.member_edited"
	MemberRemoved    audit.Act = "household.member_removed"
	IncomeAdded      audit.Act = "household.income_added"
	IncomeEdited     audit.Act = "household.income_edited"
	IncomeRemoved    audit.Act = "household.income_removed"
	Consented        audit.Act = "household.consented"
	ConsentWithdrawn audit.Act = "household.consent_withdrawn"
	Reported         audit.Act = "household.change_reported"
	ReportHandled    audit.Act = "household.report_handled"
	SnapshotKept     audit.Act = "household.snapshot_kept"
	DefinitionSet    audit.Act = "household.definition_set"
)

// identityColumn is bound into every sealed code; changing it would make the stored ones unreadable.
const identityColumn = "household_member.identity_code"

// mostPeople is how many may live in a household at one time, the client among them. More is a slip of the keyboard, or a unit.
const mostPeople = 20

// MemberInput is a person of the household as the form has it.
type MemberInput struct {
	Organiser            int32
	Client               int64
	Member               int64      // 0 = a new one
	RowVersion           int32      // of an old one
	Identity             ident.Hetu // of a new one; zero when it is not known
	LastName, FirstNames string
	BirthDate            calendar.Date // needed when there is no identity code
	Role                 Role
	Period               calendar.Period // To = calendar.Forever while it lasts
}

// SaveMember adds a person to the household or changes one. Two spouses or partners at once (HOU-007), the same person twice at once
// (HOU-009) and a household of more than twenty (HOU-008) are refused.
// Locks: client.
func SaveMember(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, in MemberInput) (Household, error) {
	h, err := open(ctx, tx, by, in.Organiser, in.Client)
	if err != nil {
		return Household{}, err
	}
	in.LastName, in.FirstNames = tidy(in.LastName), tidy(in.FirstNames)
	if !in.Identity.IsZero() {
		in.BirthDate = in.Identity.BirthDate()
	}
	if old, known := h.Member(in.Member); known {
		in.BirthDate = old.BirthDate
	} else if in.Member != 0 {
		return Household{}, errUnknown
	}
	if err := h.fits(in, tx.Today()).Err(); err != nil {
		return Household{}, err
	}
	act := MemberEdited
	if in.Member == 0 {
		act = MemberAdded
		if in.Member, err = addMember(ctx, tx, by, keys, h, in); err != nil {
			return Household{}, err
		}
	} else {
		n, err := db.New(tx).MemberEdit(ctx, db.MemberEditParams{OrganiserID: in.Organiser, ClientID: in.Client, MemberID: in.Member, RowVersion: in.RowVersion,
			LastName: in.LastName, FirstNames: in.FirstNames, Role: string(in.Role), ValidFrom: in.Period.From, ValidTo: in.Period.To})
		if err := changed(n, err, "member", in.Member); err != nil {
			return Household{}, err
		}
	}
	detail := map[string]any{"member": in.Member, "role": in.Role, "from": in.Period.From, "to": in.Period.To}
	if err := h.wrote(ctx, tx, by, act, detail, fmt.Sprintf("member:%d:%d", in.Member, in.RowVersion)); err != nil {
		return Household{}, err
	}
	return load(ctx, tx, h.Organiser, h.Client, h.Person, h.BirthDate)
}

func tidy(s string) string { return strings.Join(strings.Fields(s), " ") }

// changed turns the number of changed rows into the refusal of a form that is older than the row.
func changed(n int64, err error, what string, id int64) error {
	if err != nil {
		return mapped(fmt.Errorf("changing %s %d: %w", what, id, err))
	}
	if n == 0 {
		return errStale
	}
	return nil
}

func mapped(err error) error {
	if postgres.ConstraintOf(err) == "income_item_no_overlap" {
		return errOverlap.Because(err)
	}
	return err
}

func addMember(ctx context.Context, tx *postgres.Tx, by access.Actor, keys *secret.Keys, h Household, in MemberInput) (int64, error) {
	p := db.MemberAddParams{OrganiserID: h.Organiser, ClientID: h.Client, PersonID: h.Person, LastName: in.LastName, FirstNames: in.FirstNames,
		BirthDate: in.BirthDate, Role: string(in.Role), ValidFrom: in.Period.From, ValidTo: in.Period.To, AddedAt: tx.Now(), AddedBy: by.Name}
	if !in.Identity.IsZero() {
		person, err := client.PersonOf(ctx, tx, keys, in.Identity)
		if err != nil {
			return 0, err
		}
		if person == h.Person {
			return 0, errSelf
		}
		if err := h.once(ctx, tx, person, in.Period); err != nil {
			return 0, err
		}
		p.MemberPersonID = &person
		if p.IdentityEncrypted, err = keys.SealCode(secret.Place{Column: identityColumn, Organiser: h.Organiser}, in.Identity.Reveal()); err != nil {
			return 0, err
		}
	}
	id, err := db.New(tx).MemberAdd(ctx, p)
	if err != nil {
		return 0, fmt.Errorf("adding a member to the household of client %d: %w", h.Client, err)
	}
	return id, nil
}

// once refuses a person whom the household has already within the period.
func (h Household) once(ctx context.Context, tx *postgres.Tx, person int64, p calendar.Period) error {
	rows, err := db.New(tx).Members(ctx, db.MembersParams{OrganiserID: h.Organiser, ClientID: h.Client})
	if err != nil {
		return fmt.Errorf("reading members of client %d: %w", h.Client, err)
	}
	for _, r := range rows {
		if orZero(r.MemberPersonID) == person && p.Overlaps(calendar.Period{From: r.ValidFrom, To: r.ValidTo}) {
			return errTwice
		}
	}
	return nil
}

// fits tells everything that is wrong in a member as entered.
func (h Household) fits(in MemberInput, today calendar.Date) fault.List {
	var faults fault.List
	if in.LastName == "" {
		faults = append(faults, errName.At("last_name"))
	}
	if in.FirstNames == "" {
		faults = append(faults, errName.At("first_names"))
	}
	if in.BirthDate == 0 || in.BirthDate > today {
		faults = append(faults, errBirth)
	}
	if order(in.Role) < 1 {
		faults = append(faults, errRole)
	}
	if in.Period.Empty() {
		return append(faults, errEnd)
	}
	var overlapping []calendar.Period
	for _, m := range h.Members {
		if m.ID == in.Member || !m.Period.Overlaps(in.Period) {
			continue
		}
		overlapping = append(overlapping, m.Period)
		if couple(m.Role) && couple(in.Role) {
			faults = append(faults, errCouple.With("from", m.Period.From))
		}
		if in.Identity.IsZero() && in.Member == 0 && m.BirthDate == in.BirthDate && strings.EqualFold(m.Name(), tidy(in.FirstNames+" "+in.LastName)) {
			faults = append(faults, errTwice.At("last_name"))
		}
	}
	if crowd(overlapping, in.Period)+2 > mostPeople { // with the new member and the client
		faults = append(faults, errSize.With("most", mostPeople))
	}
	for _, i := range h.Items {
		if in.Member != 0 && i.Member == in.Member && (i.Period.From < in.Period.From || i.Period.To > in.Period.To) {
			faults = append(faults, errHasIncome.With("from", i.Period.From))
			break
		}
	}
	return faults
}

func couple(r Role) bool { return r == Spouse || r == Partner }

// crowd is the greatest number of the periods that hold on one day within a period. It is reached on a day on which one begins.
func crowd(periods []calendar.Period, within calendar.Period) int {
	most := 0
	for _, p := range append([]calendar.Period{within}, periods...) {
		day, n := max(p.From, within.From), 0
		for _, q := range periods {
			if q.Contains(day) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// RemoveInput names a row that was recorded by mistake.
type RemoveInput struct {
	Organiser  int32
	Client     int64
	ID         int64
	RowVersion int32
}

// RemoveMember takes out somebody who was recorded by mistake; who has moved out gets an end instead. Somebody with income stays
// (HOU-032).
// Locks: client.
func RemoveMember(ctx context.Context, tx *postgres.Tx, by access.Actor, in RemoveInput) error {
	h, err := open(ctx, tx, by, in.Organiser, in.Client)
	if err != nil {
		return err
	}
	for _, i := range h.Items {
		if i.Member == in.ID {
			return errHasIncome.With("from", i.Period.From)
		}
	}
	now := tx.Now()
	n, err := db.New(tx).MemberVoid(ctx, db.MemberVoidParams{OrganiserID: in.Organiser, ClientID: in.Client, MemberID: in.ID, RowVersion: in.RowVersion, VoidedAt: &now})
	if err := changed(n, err, "member", in.ID); err != nil {
		return err
	}
	return h.wrote(ctx, tx, by, MemberRemoved, map[string]any{"member": in.ID}, fmt.Sprintf("member:%d:removed", in.ID))
}
