package admission

import (
	"context"
	"net/http"

	"seteli/core/fault"
	"seteli/domain/admission"
	"seteli/domain/voucher"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// rename puts the faults of one field on another, for a form whose field is called differently.
func rename(err error, from, to string) error {
	var out fault.List
	for _, one := range fault.All(err) {
		if one.Field == from {
			one = one.At(to)
		}
		out = append(out, one)
	}
	if len(out) == 0 {
		return err
	}
	return out.Err()
}

// exit announces that the company stops providing a service in the ticked units.
func (s site) exit(w http.ResponseWriter, r *ui.Request) error {
	organiser, err := r.PathOrganiser()
	if err != nil {
		return err
	}
	service, err := r.PathID("service")
	if err != nil {
		return err
	}
	var list []admission.Approval
	var units map[int64]string
	var title string
	err = r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) error {
		all, err := admission.Approvals(ctx, tx, r.Actor, organiser, r.Actor.Provider, service)
		if err != nil {
			return err
		}
		for _, a := range all {
			if a.Period.To > tx.Today() {
				list = append(list, a)
			}
		}
		if len(list) == 0 {
			return ui.ErrNoPage
		}
		n, err := newNames(ctx, tx)
		if err != nil {
			return err
		}
		c, err := n.service(ctx, tx, organiser, service)
		if err != nil {
			return err
		}
		title = c.Names.In(r.Lang) + ", " + n.organiser(organiser).Names.In(r.Lang)
		units, err = unitNames(ctx, tx, list)
		return err
	})
	if err != nil {
		return err
	}
	f := r.Input()
	if f.Submitted() {
		in := admission.ExitInput{Organiser: organiser, LastDay: f.Date("day"), Reason: f.OptionalLongText("reason"), Approvals: readApprovals(f, list)}
		if !f.Refused() {
			err := r.DoIn(s.DB, organiser, func(ctx context.Context, tx *postgres.Tx) error {
				_, err := admission.Exit(ctx, tx, r.Actor, in)
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/applications", "admission.web.exit.done")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	touched, err := s.touched(r, organiser, list)
	if err != nil {
		return err
	}
	return show(w, r, page{Title: r.T("admission.web.exit.title"), Caption: title, Top: []ui.Component{ui.Warning{Text: r.T("admission.web.exit.warning")}, touched},
		Fields: []field{{Kind: "checkboxes", Name: "approvals", Label: r.T("admission.web.exit.units"), Options: approvalOptions(list, units)},
			{Kind: "date", Name: "day", Label: r.T("admission.web.exit.day")}, {Kind: "textarea", Name: "reason", Label: r.T("admission.web.reason")}},
		Buttons: []act{{Key: "admission.web.exit.send", Kind: "warning"}}})
}

// touched tells how many clients the company's leaving touches.
func (s site) touched(r *ui.Request, organiser int32, list []admission.Approval) (ui.Inset, error) {
	var reach voucher.Reach
	err := s.DB.Read(r.Context(), r.Actor.In(organiser), func(tx *postgres.Tx) (err error) {
		reach, err = voucher.AffectedCount(r.Context(), tx, r.Actor, organiser, ids(list), tx.Today())
		return err
	})
	if err != nil || reach.Clients == 0 {
		return ui.Inset{Text: r.T("admission.web.exit.no_clients")}, err
	}
	return ui.Inset{Text: r.T("admission.web.exit.clients", "n", reach.Clients)}, nil
}

// approvalOptions carry the version that was seen: "7.2" is version 2 of approval 7.
func approvalOptions(list []admission.Approval, units map[int64]string) []ui.Option {
	var options []ui.Option
	for _, a := range list {
		options = append(options, ui.Option{Value: ui.Digits(a.ID) + "." + ui.Digits(a.RowVersion), Text: units[a.Unit]})
	}
	return options
}

var errNoApprovals = fault.New(fault.Invalid, "ADW-003", "admission.web.choose_units")

// readApprovals reads the ticked approvals with the versions that were seen; a stale one is refused by the use case.
func readApprovals(f *ui.Form, list []admission.Approval) []admission.ApprovalKey {
	var keys []admission.ApprovalKey
	for _, a := range list {
		for v := int32(1); v <= a.RowVersion; v++ {
			if f.Has("approvals", ui.Digits(a.ID)+"."+ui.Digits(v)) {
				keys = append(keys, admission.ApprovalKey{Approval: a.ID, RowVersion: v})
			}
		}
	}
	if len(keys) == 0 {
		f.Refuse(errNoApprovals.At("approvals"))
	}
	return keys
}
