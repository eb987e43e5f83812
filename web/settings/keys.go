package settings

import (
	"context"
	"net/http"
	"slices"

	"seteli/core/calendar"
	"seteli/platform/access"
	"seteli/platform/audit"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// Acts on keys of programs in the audit. Keys belong to platform/access, which leaves the audit to the face.
const (
	actKeyMade    = audit.Act("apikey.made")
	actKeyRotated = audit.Act("apikey.rotated")
	actKeyRevoked = audit.Act("apikey.revoked")
)

// overlapDays is how long the old key works beside its successor.
const overlapDays = 14

// scopes are the rights that a main user can give to a program. Those of a caseworker are for the organiser's client system,
// which then acts as one: a main user may appoint caseworkers.
var scopes = []access.Right{access.CatalogueRead, access.RulebookRead, access.ClientImport, access.IncomeEdit, access.VoucherGrant, access.VoucherClose, access.DecisionMake, access.VoucherRead, access.OrderRead,
	access.ReservationMake, access.ReservationEnd, access.ReservationRead, access.ClientBasics, access.EventRecord, access.EventEdit, access.EventRead, access.SettlementRead, access.PaymentRead,
	access.BudgetRead, access.BudgetEdit, access.StatisticsRead, access.OfferRead, access.DaycareDecide, access.DaycareReport}

// givable tells whether the main user may tick the right: an own one, or a caseworker's for the client system.
func givable(by access.Actor, s access.Right) bool {
	switch s {
	case access.VoucherGrant, access.VoucherClose, access.DecisionMake, access.IncomeEdit, access.DaycareDecide:
		return by.Role.Side() == access.OrganiserSide && by.Can(access.StaffManage)
	}
	return by.Can(s)
}

// roleOf is the caseworker when one of the rights is only theirs; otherwise the program acts in the maker's own role.
func roleOf(by access.Actor, given []access.Right) access.Role {
	if slices.ContainsFunc(given, func(s access.Right) bool { return !by.Can(s) }) {
		return access.Caseworker
	}
	return by.Role
}

// keysView lists the keys.
type keysView struct{ Table ui.Table }

func (p *Pages) keys(w http.ResponseWriter, r *ui.Request) error {
	list, err := p.keyList(r)
	if err != nil {
		return err
	}
	t := ui.Table{Caption: r.T("settings.keys.caption"), Quiet: true, Cards: true, Columns: []ui.Column{{Text: r.T("settings.key")}, {Text: r.T("settings.scopes"), Numeric: true},
		{Text: r.T("settings.period")}, {Text: r.T("settings.last_used")}, {Text: r.T("settings.state")}, {Text: r.T("settings.rotate"), Hidden: true}, {Text: r.T("settings.revoke"), Hidden: true}},
		Empty: ui.Empty{Title: r.T("settings.keys.empty"), Text: r.T("settings.keys.empty_text"), Links: []ui.Link{{Text: r.T("settings.keys.add"), Href: r.Path("/settings/keys/new")}}}}
	for _, k := range list {
		used := r.T("settings.never")
		if k.LastUsed != 0 {
			used = r.Date(k.LastUsed)
		}
		state, rotate, revoke := "settings.passive", ui.Cell{}, ui.Cell{}
		if alive(k, r.Today()) {
			state = "settings.active"
			rotate = ui.Cell{Text: r.T("settings.rotate"), Hidden: k.Name, Href: r.Path("/settings/keys/{key}/{act}", k.ID, "rotate")}
			revoke = ui.Cell{Text: r.T("settings.revoke"), Hidden: k.Name, Href: r.Path("/settings/keys/{key}/{act}", k.ID, "revoke")}
		}
		ends := ""
		if left := int(k.Valid.To - r.Today()); state == "settings.active" && left <= 60 {
			ends = r.T("settings.keys.ends", "n", left)
		}
		t.Rows = append(t.Rows, []ui.Cell{{Text: k.Name, Small: k.Prefix}, {Text: ui.Digits(int64(len(k.Scopes))), Numeric: true}, {Text: r.Period(k.Valid), Small: ends}, {Text: used}, r.TagCell(state), rotate, revoke})
	}
	return p.Site.Show(w, r, http.StatusOK, "settings/keys", keysView{Table: t})
}

func alive(k access.Key, today calendar.Date) bool { return !k.Revoked && today < k.Valid.To }

func (p *Pages) keyList(r *ui.Request) (list []access.Key, err error) {
	err = r.Read(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		list, err = access.Keys(ctx, tx, r.Actor.Organiser, r.Actor.Provider)
		return err
	})
	return list, err
}

// keyAddView makes a key; Secret is shown once, in the answer to the making.
type keyAddView struct {
	Form   *ui.Form
	Scopes []ui.Option
	Secret string
	Name   string
}

func (p *Pages) keyAdd(w http.ResponseWriter, r *ui.Request) error {
	f := r.Input()
	v := keyAddView{Form: f}
	var allowed []string
	for _, s := range scopes {
		if givable(r.Actor, s) {
			allowed = append(allowed, string(s))
			v.Scopes = append(v.Scopes, ui.Option{Value: string(s), Text: r.T("settings.right." + string(s))})
		}
	}
	if f.Submitted() {
		k := access.Key{Organiser: r.Actor.Organiser, Provider: r.Actor.Provider, Name: f.Text("name"), Valid: calendar.Period{From: r.Today(), To: f.Date("last_day") + 1}}
		for _, s := range f.Choices("scopes", allowed...) {
			k.Scopes = append(k.Scopes, access.Right(s))
		}
		k.Role = roleOf(r.Actor, k.Scopes)
		if !f.Refused() {
			made, secret, err := p.makeKey(r, k)
			switch {
			case err == nil:
				w.Header().Set("Cache-Control", "no-store") // the secret is in this answer only
				return p.Site.Show(w, r, http.StatusOK, "settings/key-add", keyAddView{Secret: secret, Name: made.Name})
			case onKeyForm(f, err):
			default:
				return err
			}
		}
	}
	f.Set("last_day", r.Today().AddMonths(12)-1)
	return p.Site.Show(w, r, f.Status(), "settings/key-add", v)
}

func (p *Pages) makeKey(r *ui.Request, k access.Key) (made access.Key, secret string, err error) {
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		if made, secret, err = access.MakeKey(ctx, tx, r.Actor, k); err != nil {
			return err
		}
		return audit.Write(ctx, tx, r.Actor, actKeyMade, keyRef(made), map[string]any{"scopes": made.Scopes, "valid_to": made.Valid.To})
	})
	return made, secret, err
}

func keyRef(k access.Key) audit.Ref {
	return audit.Ref{Kind: "api_key", ID: k.ID, Label: k.Name + " " + k.Prefix}
}

// keyEndView asks before a key is rotated or revoked; after rotating it shows the new secret once.
type keyEndView struct {
	Form   *ui.Form
	ID     int64
	Name   string
	Rotate bool
	Secret string
	Until  calendar.Date // the old key works before this day
}

func (p *Pages) keyEnd(w http.ResponseWriter, r *ui.Request) error {
	key, err := r.PathID("key")
	if err != nil {
		return err
	}
	list, err := p.keyList(r)
	if err != nil {
		return err
	}
	act := r.PathValue("act")
	i := slices.IndexFunc(list, func(k access.Key) bool { return k.ID == key && alive(k, r.Today()) })
	if i < 0 || act != "rotate" && act != "revoke" {
		return ui.ErrNoPage
	}
	f := r.Input()
	v := keyEndView{Form: f, ID: key, Name: list[i].Name, Rotate: act == "rotate", Until: r.Today() + overlapDays}
	switch {
	case !f.Submitted():
	case v.Rotate:
		if v.Secret, err = p.rotateKey(r, list[i]); err != nil {
			return err
		}
		w.Header().Set("Cache-Control", "no-store")
	default:
		err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
			if err := access.RevokeKey(ctx, tx, r.Actor, key); err != nil {
				return err
			}
			return audit.Write(ctx, tx, r.Actor, actKeyRevoked, keyRef(list[i]), map[string]any{})
		})
		if err != nil {
			return err
		}
		return p.Site.SeeOther(w, r, "/settings/keys", "settings.key.revoked")
	}
	return p.Site.Show(w, r, f.Status(), "settings/key-end", v)
}

func (p *Pages) rotateKey(r *ui.Request, old access.Key) (secret string, err error) {
	valid := calendar.Period{From: r.Today(), To: r.Today().AddMonths(12)}
	return secret, r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		var made access.Key
		if made, secret, err = access.RotateKey(ctx, tx, r.Actor, old.ID, valid, overlapDays); err != nil {
			return err
		}
		return audit.Write(ctx, tx, r.Actor, actKeyRotated, keyRef(made), map[string]any{"replaces": old.ID, "overlap_days": overlapDays})
	})
}

// onKeyForm puts the refusals of a key on its form: missing scopes are a matter of ticking one.
func onKeyForm(f *ui.Form, err error) bool {
	if f.Take(err) {
		return true
	}
	return refuseFields(f, err, "scopes")
}
