package onetime

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/onetime"
	"seteli/domain/purse"
	"seteli/domain/voucher"
	"seteli/platform/postgres"
	"seteli/web/decider"
	"seteli/web/ui"
)

type makeView struct {
	Form     *ui.Form
	Name     string // of the client; "" = printed without one
	Contents []ui.Option
	Channels []ui.Option
	Most     int
}

func sampleMake() makeView {
	one := []ui.Option{{Value: "1-1", Text: "x"}}
	return makeView{Name: "x", Contents: one, Channels: one, Most: 20}
}

// print makes numbers without clients, to be printed and handed over.
func (p *Pages) print(w http.ResponseWriter, r *ui.Request) error {
	view := makeView{Form: r.Input(), Most: onetime.MostPrinted}
	return p.make(w, r, view, func(ctx context.Context, tx *postgres.Tx, t onetime.Terms) (string, error) {
		batch, err := onetime.Print(ctx, tx, r.Actor, p.Means, t)
		return "/onetime?batch=" + ui.Digits(batch), err
	})
}

// give gives slips to a client.
func (p *Pages) give(w http.ResponseWriter, r *ui.Request) error {
	id, err := r.PathID("client")
	if err != nil {
		return err
	}
	view := makeView{Form: r.Input(), Most: onetime.MostGiven}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		c, err := client.Get(ctx, tx, r.Actor, r.Actor.Organiser, id)
		view.Name = c.Name()
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range []voucher.Channel{voucher.ByHand, voucher.ByLetter, voucher.ByPhone} {
		view.Channels = append(view.Channels, ui.Option{Value: string(c), Text: r.T("voucher.channel." + string(c))})
	}
	view.Form.Set("channel", string(voucher.ByHand))
	return p.make(w, r, view, func(ctx context.Context, tx *postgres.Tx, t onetime.Terms) (string, error) {
		channel := voucher.Channel(view.Form.Value("channel"))
		list, err := onetime.Give(ctx, tx, r.Actor, p.Means, onetime.GiveInput{Terms: t, Client: id, Channel: channel})
		if err != nil {
			return "", err
		}
		if len(list) == 1 {
			return "/onetime/" + ui.Digits(list[0].ID), nil
		}
		return "/onetime?batch=" + ui.Digits(list[0].Batch), nil
	})
}

// make reads the terms of slips, makes them and goes where they are shown.
func (p *Pages) make(w http.ResponseWriter, r *ui.Request, view makeView, done func(context.Context, *postgres.Tx, onetime.Terms) (string, error)) error {
	f := view.Form
	var contents []purse.Content
	err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
		contents, err = purse.Spendable(ctx, tx, r.Actor.Organiser, tx.Today())
		return err
	})
	if err != nil {
		return err
	}
	var allowed []string
	for _, c := range contents {
		value := ui.Digits(c.Service) + "-" + ui.Digits(c.ID)
		allowed = append(allowed, value)
		view.Contents = append(view.Contents, ui.Option{Value: value, Text: c.Names.In(r.Lang), Hint: r.T("unit." + c.Unit + ".one")})
	}
	f.Set("quantity", money.Units(1))
	f.Set("count", "1")
	f.Set("valid_from", r.Today())
	f.Set("valid_to", r.Today().AddMonths(6)-1)
	f.Set("contact", r.Actor.Name)
	if err := decider.Office(r, p.DB, f); err != nil {
		return err
	}
	if f.Submitted() {
		t := terms(f, r.Actor.Organiser, allowed, view.Most)
		if len(view.Channels) > 0 {
			f.Choice("channel", string(voucher.ByHand), string(voucher.ByLetter), string(voucher.ByPhone))
		}
		if !f.Refused() {
			var to string
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) (err error) {
				to, err = done(ctx, tx, t)
				return err
			})
			if err == nil {
				return r.SeeOther(w, to, "onetime.made", "n", t.Count)
			}
			if !f.Take(ontoForm(err)) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "onetime/make", view)
}

func terms(f *ui.Form, org int32, allowed []string, most int) onetime.Terms {
	service, content, _ := strings.Cut(f.Choice("content", allowed...), "-")
	t := onetime.Terms{Organiser: org, Quantity: f.Quantity("quantity")}
	t.Service, _ = strconv.ParseInt(service, 10, 64) // Choice has allowed it, or the form is refused
	t.Content, _ = strconv.ParseInt(content, 10, 64)
	if value, given := f.OptionalCents("individual"); given {
		t.Individual = &value
	}
	t.Count = f.Int("count", 1, most)
	t.Period = calendar.Period{From: f.Date("valid_from"), To: f.Date("valid_to") + 1}
	t.Reasons, t.Contact, t.Office = f.LongText("reasons"), f.Text("contact"), f.Text("office")
	return t
}

// ontoForm puts faults about a content's amount or its service at the one question that asks for them.
func ontoForm(err error) error {
	list := fault.All(err)
	if list == nil {
		return err
	}
	var out fault.List
	for _, one := range list {
		if strings.HasPrefix(one.Field, "amount-") || one.Field == "service" {
			one = one.At("content")
		}
		out = append(out, one)
	}
	return out.Err()
}

type handView struct {
	Form *ui.Form
	Name string
}

// hand gives a printed slip its client.
func (p *Pages) hand(w http.ResponseWriter, r *ui.Request) error {
	id, err := r.PathID("client")
	if err != nil {
		return err
	}
	f, org := r.Input(), r.Actor.Organiser
	view := handView{Form: f}
	err = r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
		c, err := client.Get(ctx, tx, r.Actor, org, id)
		view.Name = c.Name()
		return err
	})
	if err != nil {
		return err
	}
	if err := decider.Office(r, p.DB, f); err != nil {
		return err
	}
	if f.Submitted() {
		n, err := number(f.Text("number"))
		office := f.Text("office")
		if err != nil && !f.Refused() {
			f.Take(err)
		}
		if !f.Refused() {
			var slip onetime.Slip
			err := r.Do(p.DB, func(ctx context.Context, tx *postgres.Tx) error {
				list, err := onetime.List(ctx, tx, r.Actor, onetime.ListInput{Organiser: org, Number: n, Most: 1})
				if err != nil {
					return err
				}
				if len(list) == 0 {
					return errNumber
				}
				slip, err = onetime.Name(ctx, tx, r.Actor, p.Means, onetime.NameInput{Organiser: org, Slip: list[0].ID, Client: id, Office: office})
				return err
			})
			if err == nil {
				return r.SeeOther(w, "/onetime/"+ui.Digits(slip.ID), "onetime.handed")
			}
			if !f.Take(err) {
				return err
			}
		}
	}
	return r.Show(w, f.Status(), "onetime/hand", view)
}
