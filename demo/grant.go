package demo

import (
	"context"
	"fmt"

	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/client"
	"seteli/domain/purchase"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// stage is how far a voucher is taken on the day of its granting.
type stage int

const (
	granted stage = iota // waits for the information sheet
	told                 // waits for the client's answer
	taken                // waits for the choice of a provider
	refused
	reserved
)

// grantInput is the caseworker's decision on one client's right to a service, in its usual amount.
func grantInput(h House, o offer, c client.Client, p calendar.Period, contents []string, extra int64) voucher.GrantInput {
	by := h.As(access.Caseworker)
	in := voucher.GrantInput{Organiser: h.Organiser.ID, Client: c.ID, Service: h.Services[o.code].ID, Period: p, Contact: by.Name + ", 020 000 0000", Office: "palveluohjaaja",
		Reasons: "Palvelutarpeen arvion mukaan asiakas tarvitsee palvelua säännöllisesti selviytyäkseen arjessa."}
	if c.Language == "sv" {
		in.Reasons = "Enligt bedömningen av servicebehovet behöver klienten regelbunden service för att klara vardagen."
	}
	for _, content := range h.Services[o.code].Contents {
		r := o.rate(content.Code)
		if len(contents) > 0 && contents[0] != r.code {
			continue
		}
		amount := r.amount
		if amount > 4 && r.unit == "hour" {
			amount += extra
		}
		in.Lines = append(in.Lines, voucher.LineInput{Content: content.ID, Recurrence: r.every, Amount: new(money.Units(amount))})
	}
	o.ask(&in)
	return in
}

// grant gives a voucher and takes it as far as the stage; the unit is chosen with staff's help. Two transactions: the first
// holds the organiser's number series.
func (b *Builder) grant(ctx context.Context, h House, o offer, in voucher.GrantInput, n int, until stage, unit int64) (voucher.Voucher, error) {
	by := h.As(access.Caseworker)
	var v voucher.Voucher
	err := b.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) (err error) {
		v, err = voucher.Grant(ctx, tx, by, b.means(h.Organiser.Prefix+o.code, n), in)
		return err
	})
	if err == nil && until > granted {
		err = b.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) (err error) {
			v, err = b.answer(ctx, tx, by, v, n, until, unit)
			return err
		})
	}
	if err != nil {
		return v, fmt.Errorf("voucher %d of %s to client %d: %w", n, o.code, in.Client, err)
	}
	return v, nil
}

func (b *Builder) answer(ctx context.Context, tx *postgres.Tx, by access.Actor, v voucher.Voucher, n int, until stage, unit int64) (voucher.Voucher, error) {
	channel := voucher.Channels()[n%len(voucher.Channels())]
	v, err := voucher.GiveSheet(ctx, tx, by, b.means("sheet", n), voucher.SheetInput{Organiser: v.Organiser, Voucher: v.ID, Channel: channel})
	if err != nil || until == told {
		return v, err
	}
	answer := voucher.AnswerInput{Organiser: v.Organiser, Voucher: v.ID, Channel: voucher.ByPhone}
	if until == refused {
		answer.Note = "Asiakas haluaa hyvinvointialueen oman palvelun."
		return voucher.Refuse(ctx, tx, by, answer)
	}
	if v, err = voucher.Accept(ctx, tx, by, answer); err != nil || until == taken {
		return v, err
	}
	_, err = voucher.Reserve(ctx, tx, by, voucher.ReserveInput{Organiser: v.Organiser, Voucher: v.ID, Unit: unit, From: v.Valid.From,
		Plan: "Ensimmäinen käynti sovitaan puhelimessa.", Terms: true})
	return v, err
}

// order buys a place from a unit by framework agreement and answers it as the provider: yes, no, or not yet.
func (b *Builder) order(ctx context.Context, h House, o offer, in voucher.GrantInput, n int, c Company, unit int64, answer string) (voucher.Voucher, purchase.Order, error) {
	var v voucher.Voucher
	var made purchase.Order
	by := h.As(access.Caseworker)
	err := b.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) (err error) {
		made, err = purchase.Make(ctx, tx, by, b.means(h.Organiser.Prefix+o.code, n), purchase.OrderInput{GrantInput: in, Unit: unit, Kind: purchase.Framework})
		return err
	})
	if err != nil {
		return v, made, fmt.Errorf("order %d of %s: %w", n, o.code, err)
	}
	err = b.In(ctx, h.Organiser.ID, func(tx *postgres.Tx) (err error) {
		in := purchase.AnswerInput{Organiser: h.Organiser.ID, Order: made.ID, RowVersion: made.RowVersion, Terms: true, Plan: "Muutto sopii heti."}
		switch answer {
		case "yes":
			made, err = purchase.Confirm(ctx, tx, c.MainUser, in)
		case "no":
			in.Note = "Yksikössä ei ole vapaata paikkaa ennen vuodenvaihdetta."
			made, err = purchase.Decline(ctx, tx, c.MainUser, in)
		}
		if err != nil {
			return err
		}
		v, err = voucher.Get(ctx, tx, by, h.Organiser.ID, made.Voucher)
		return err
	})
	if err != nil {
		return v, made, fmt.Errorf("answering order %s: %w", made.Number, err)
	}
	return v, made, nil
}
