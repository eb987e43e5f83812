package admission

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"seteli/domain/admission"
	"seteli/domain/catalogue"
	"seteli/domain/register"
	"seteli/platform/document"
	"seteli/platform/postgres"
	"seteli/web/ui"
)

// part runs one part's page: the form is read, saved by one use case, and the task list comes next.
func (s site) part(w http.ResponseWriter, r *ui.Request, d admission.Dossier, p page, read func(f *ui.Form) func(ctx context.Context, tx *postgres.Tx, key admission.Key) error) error {
	f := r.Input()
	if f.Submitted() {
		key := keyOf(d.Application, seen(f))
		use := read(f)
		if !f.Refused() {
			err := r.DoIn(s.DB, d.Application.Organiser, func(ctx context.Context, tx *postgres.Tx) error { return use(ctx, tx, key) })
			if err == nil {
				return r.SeeOther(w, partPath(d.Application, ""), "admission.web.saved")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	p.Caption, p.Hidden = d.Company.Name+" · "+d.Service.Names.In(r.Lang), version(f, d.Application.RowVersion)
	return show(w, r, p)
}

func (s site) rulebook(w http.ResponseWriter, r *ui.Request) error {
	_, d, err := s.mineOf(r)
	if err != nil {
		return err
	}
	p := page{Title: r.T("admission.web.part.rulebook"), Lead: r.T("admission.web.rulebook.lead", "version", d.Rulebook.Version, "from", d.Rulebook.ValidFrom),
		Texts:   strings.Split(d.Rulebook.Texts.In(r.Lang), "\n\n"),
		Fields:  []field{{Kind: "tick", Name: "accept", Label: r.T("admission.web.rulebook.accept")}},
		Buttons: save("admission.web.rulebook.save")}
	return s.part(w, r, d, p, func(f *ui.Form) func(context.Context, *postgres.Tx, admission.Key) error {
		if !f.Bool("accept") {
			f.Refuse(errConfirm.At("accept"))
		}
		return func(ctx context.Context, tx *postgres.Tx, key admission.Key) error {
			_, err := admission.AcceptRulebook(ctx, tx, r.Actor, admission.AcceptInput{Key: key, Rulebook: d.Rulebook.ID})
			return err
		}
	})
}

func (s site) units(w http.ResponseWriter, r *ui.Request) error {
	_, d, err := s.mineOf(r)
	if err != nil {
		return err
	}
	var all []register.Unit
	if err := r.Read(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		all, err = register.Units(ctx, tx, r.Actor.Provider)
		return err
	}); err != nil {
		return err
	}
	var options []ui.Option
	var allowed, chosen []string
	for _, u := range all {
		if u.Active {
			options = append(options, ui.Option{Value: ui.Digits(u.ID), Text: u.Name, Hint: u.AddressLine + ", " + u.Postcode + " " + u.City})
			allowed = append(allowed, ui.Digits(u.ID))
		}
	}
	for _, u := range d.Units {
		chosen = append(chosen, ui.Digits(u.ID))
	}
	r.Input().Set("units", chosen)
	p := page{Title: r.T("admission.web.part.units"), Lead: r.T("admission.web.units.lead"),
		Fields:  []field{{Kind: "checkboxes", Name: "units", Label: r.T("admission.web.units.choose"), Options: options}},
		Buttons: save("admission.web.save"), Links: []ui.Link{{Text: r.T("admission.web.units.add"), Href: r.Path("/company/units/new")}}}
	return s.part(w, r, d, p, func(f *ui.Form) func(context.Context, *postgres.Tx, admission.Key) error {
		var ids []int64
		for _, v := range f.Choices("units", allowed...) {
			n, err := strconv.ParseInt(v, 10, 64)
			if err == nil {
				ids = append(ids, n)
			}
		}
		return func(ctx context.Context, tx *postgres.Tx, key admission.Key) error {
			_, err := admission.ChooseUnits(ctx, tx, r.Actor, admission.UnitsInput{Key: key, Units: ids})
			return err
		}
	})
}

func levels(r *ui.Request) []ui.Option {
	return []ui.Option{{Value: "company", Text: r.T("admission.web.billing.company")}, {Value: "unit", Text: r.T("admission.web.billing.unit")}}
}

func (s site) billing(w http.ResponseWriter, r *ui.Request) error {
	_, d, err := s.mineOf(r)
	if err != nil {
		return err
	}
	r.Input().Set("billing_level", string(d.Application.BillingLevel))
	r.Input().Set("contract_number", d.Application.ContractNumber)
	p := page{Title: r.T("admission.web.part.billing"), Buttons: save("admission.web.save"),
		Fields: []field{{Kind: "radios", Name: "billing_level", Label: r.T("admission.web.billing.level"), Options: levels(r)}},
		Links:  []ui.Link{{Text: r.T("admission.web.account.title"), Href: r.Path("/company/account")}}}
	if d.Service.Mode == catalogue.Purchased {
		p.Fields = append(p.Fields, field{Kind: "input", Name: "contract_number", Label: r.T("admission.web.contract"), Width: 20})
	}
	if d.Company.IBAN.IsZero() {
		p.Top = append(p.Top, ui.Warning{Text: r.T("admission.missing.account", "name", d.Company.Name)})
	} else {
		p.Top = append(p.Top, ui.Summary{Rows: []ui.Row{{Key: r.T("admission.web.account"), Value: d.Company.IBAN.Print(), Small: d.Company.IBANHolder}}})
	}
	return s.part(w, r, d, p, func(f *ui.Form) func(context.Context, *postgres.Tx, admission.Key) error {
		level, contract := f.Choice("billing_level", "company", "unit"), f.OptionalText("contract_number")
		return func(ctx context.Context, tx *postgres.Tx, key admission.Key) error {
			_, err := admission.SetBilling(ctx, tx, r.Actor, admission.BillingInput{Key: key, Level: register.BillingLevel(level), ContractNumber: contract})
			return err
		}
	})
}

// prices has a field for each unit and content; an empty one means that the unit does not provide the content.
func (s site) prices(w http.ResponseWriter, r *ui.Request) error {
	_, d, err := s.mineOf(r)
	if err != nil {
		return err
	}
	f := r.Input()
	f.Set("from", r.Today())
	for _, line := range d.Prices {
		f.Set(admission.FieldOf(line.Unit, line.Content), line.Price)
		f.Set("from", line.From)
		f.Set("vat", line.VATCode)
	}
	f.Set("vat", "exempt")
	p := page{Title: r.T("admission.web.part.prices"), Lead: r.T("admission.web.prices.lead"), Buttons: save("admission.web.save")}
	contents := d.Service.ContentsOn(r.Today())
	for _, u := range d.Units {
		for i, c := range contents {
			one := field{Kind: "input", Name: admission.FieldOf(u.ID, c.ID), Width: 10, Mode: "decimal", Optional: true, Label: contentName(r, d, c.ID) + ", " + u.Name}
			if i == 0 {
				one.Heading = u.Name
			}
			if c.PriceCap != nil {
				one.Hint = r.T("admission.web.prices.cap", "cap", *c.PriceCap)
			}
			p.Fields = append(p.Fields, one)
		}
	}
	if len(d.Units) == 0 {
		p.Buttons = nil
		p.Top = []ui.Component{ui.Inset{Text: r.T("admission.missing.units")}}
	}
	p.Fields = append(p.Fields, field{Kind: "date", Name: "from", Label: r.T("admission.web.prices.from"), Heading: r.T("admission.web.prices.all")}, vatField(r))
	return s.part(w, r, d, p, func(f *ui.Form) func(context.Context, *postgres.Tx, admission.Key) error {
		from, vat := f.Date("from"), f.Choice("vat", admission.VATCodes()...)
		var lines []admission.PriceLine
		for _, u := range d.Units {
			for _, c := range contents {
				if cents, given := f.OptionalCents(admission.FieldOf(u.ID, c.ID)); given {
					lines = append(lines, admission.PriceLine{Unit: u.ID, Content: c.ID, Price: cents, From: from, VATCode: vat})
				}
			}
		}
		return func(ctx context.Context, tx *postgres.Tx, key admission.Key) error {
			_, err := admission.SetPrices(ctx, tx, r.Actor, admission.PricesInput{Key: key, Prices: lines, Models: s.Models})
			return err
		}
	})
}

func vatField(r *ui.Request) field {
	var options []ui.Option
	for _, code := range admission.VATCodes() {
		options = append(options, ui.Option{Value: code, Text: r.T("admission.web.vat." + code)})
	}
	return field{Kind: "select", Name: "vat", Label: r.T("admission.web.vat"), Options: options}
}

// attachments adds a file into a slot, or takes one away by the button with its number.
func (s site) attachments(w http.ResponseWriter, r *ui.Request) error {
	_, d, err := s.mineOf(r)
	if err != nil {
		return err
	}
	p := page{Title: r.T("admission.web.part.attachments"), Lead: r.T("admission.web.attachments.lead", "n", document.MaxUpload>>20), Files: true,
		Buttons: []act{{Key: "admission.web.attachments.add", Name: "act", Value: "add"}}}
	table := ui.Table{Caption: r.T("admission.web.part.attachments"), Cards: true, Columns: []ui.Column{{Text: r.T("admission.web.file")}, {Text: r.T("admission.web.purpose")},
		{Text: r.T("admission.web.expires")}}, Empty: ui.Empty{Title: r.T("admission.web.no_files")}}
	for _, at := range d.Attachments {
		cells := fileCells(r, d, at)
		table.Rows = append(table.Rows, cells)
		p.Buttons = append(p.Buttons, act{Key: "admission.web.attachments.remove", Kind: "secondary", Name: "act", Value: ui.Digits(at.ID),
			Text: r.T("admission.web.attachments.remove_one", "name", at.Name, "purpose", cells[1].Text+", "+cells[1].Small)})
	}
	p.Top = []ui.Component{table}
	p.Fields = []field{{Kind: "select", Name: "slot", Label: r.T("admission.web.purpose"), Options: slotOptions(r, d)},
		{Kind: "upload", Name: "file", Label: r.T("admission.web.file"), Hint: r.T("admission.web.attachments.kinds")},
		{Kind: "date", Name: "expires_on", Label: r.T("admission.web.expires"), Optional: true}}
	return s.part(w, r, d, p, func(f *ui.Form) func(context.Context, *postgres.Tx, admission.Key) error {
		if f.Value("act") != "add" {
			attachment := f.ID("act")
			return func(ctx context.Context, tx *postgres.Tx, key admission.Key) error {
				_, err := admission.RemoveAttachment(ctx, tx, r.Actor, admission.RemoveInput{Key: key, Attachment: attachment})
				return err
			}
		}
		in := readAttachment(f, d)
		return func(ctx context.Context, tx *postgres.Tx, key admission.Key) error {
			in.Key, in.Keys = key, s.Keys
			_, err := admission.AddAttachment(ctx, tx, r.Actor, in)
			return err
		}
	})
}

// slotOptions names each slot, of a unit's slot one for each unit: "7" or "7-3".
func slotOptions(r *ui.Request, d admission.Dossier) []ui.Option {
	var options []ui.Option
	for _, slot := range d.Slots {
		if !slot.Active {
			continue
		}
		if slot.Level != "unit" {
			options = append(options, ui.Option{Value: ui.Digits(slot.ID), Text: slot.Names.In(r.Lang)})
			continue
		}
		for _, u := range d.Units {
			options = append(options, ui.Option{Value: ui.Digits(slot.ID) + "-" + ui.Digits(u.ID), Text: slot.Names.In(r.Lang) + ", " + u.Name})
		}
	}
	return options
}

func readAttachment(f *ui.Form, d admission.Dossier) admission.AttachmentInput {
	var in admission.AttachmentInput
	for _, slot := range d.Slots {
		if f.Value("slot") == ui.Digits(slot.ID) {
			in.Slot = slot.ID
		}
		for _, u := range d.Units {
			if f.Value("slot") == ui.Digits(slot.ID)+"-"+ui.Digits(u.ID) {
				in.Slot, in.Unit = slot.ID, u.ID
			}
		}
	}
	file := f.File("file", document.MaxUpload)
	in.Name, in.Data = file.Name, file.Data
	if day, given := f.OptionalDate("expires_on"); given {
		in.ExpiresOn = &day
	}
	return in
}

// file gives an attachment as a download: it is never shown inside our own pages.
func (s site) file(w http.ResponseWriter, r *ui.Request) error {
	organiser, err := r.PathOrganiser()
	if err != nil {
		return err
	}
	attachment, err := r.PathID("attachment")
	if err != nil {
		return err
	}
	var file admission.File
	err = r.Do(s.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		file, err = admission.OpenAttachment(ctx, tx, r.Actor, s.Keys, organiser, attachment)
		return err
	})
	if err != nil {
		return err
	}
	return ui.Download(w, file.Name, file.Media, file.Data)
}
