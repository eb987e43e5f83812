package api

import (
	"context"
	"net/http"

	"seteli/core/calendar"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// VoucherBody is a voucher. A provider who has its number sees no client.
type VoucherBody struct {
	Voucher       string          `json:"voucher" example:"TMP23456789A"`
	Organiser     string          `json:"organiser" example:"TMP"`
	Client        int64           `json:"client,omitempty" doc:"Number of the client; the organiser only"`
	Service       int64           `json:"service"`
	Mode          string          `json:"mode" enum:"voucher,purchased,licence"`
	From          calendar.Date   `json:"from" format:"date"`
	To            calendar.Date   `json:"to" format:"date" doc:"Day after the last one; closing is counted"`
	State         string          `json:"state" enum:"waiting,accepted,open,paused,ending,ended,closed.ended,closed.used_up,closed.refused,closed.annulled,closed.stopped,closed.moved,closed.lapsed" doc:"Today"`
	OwnShareBlock bool            `json:"own_share_forbidden" doc:"The client pays nothing: a price above the value is refused"`
	RowVersion    int32           `json:"row_version,omitempty" doc:"Given back in a change; the organiser only"`
	Lines         []LineOfVoucher `json:"lines"`
	Prices        []AgreedPrice   `json:"prices,omitempty" nullable:"false" doc:"The asking provider's units that may serve it, with their agreed prices"`
}

// LineOfVoucher is one content with its right and what is left of it today.
type LineOfVoucher struct {
	Content     int64           `json:"content"`
	Recurrence  string          `json:"recurrence" enum:"day,week,month,quarter,total" doc:"What the amount counts"`
	Amount      *money.Quantity `json:"amount,omitempty" example:"20"`
	AmountCents *money.Cents    `json:"amount_cents,omitempty" doc:"A balance of euros instead of an amount"`
	Total       *money.Quantity `json:"total,omitempty" doc:"Most in the whole validity"`
	ValueCents  money.Cents     `json:"value_cents" doc:"Value per unit today; on the first day when the validity has not begun"`
	FeeCents    *money.Cents    `json:"fee_cents,omitempty" doc:"The value follows the provider's price: this much less than the price, at most value_cents"`
	Bands       []BandOfValue   `json:"bands,omitempty" nullable:"false" doc:"Value per unit by time of day, where it depends on it"`
	Why         []StepOfValue   `json:"why,omitempty" nullable:"false" doc:"How the value came about, in the language of Accept-Language, as page and letter tell it; not for providers"`
	Left        money.Quantity  `json:"left" doc:"Left in the running day, week, month or quarter"`
	LeftCents   money.Cents     `json:"left_cents" doc:"Left of a balance of euros"`
}

// BandOfValue is the value of one unit within a band of time.
type BandOfValue struct {
	Band       string      `json:"band"`
	ValueCents money.Cents `json:"value_cents"`
}

// StepOfValue is one step of a calculation.
type StepOfValue struct {
	Label       string      `json:"label"`
	Formula     string      `json:"formula,omitempty" doc:"The client's own figures in it"`
	Source      string      `json:"source,omitempty" doc:"Provision, version of the rulebook, rounding"`
	ResultCents money.Cents `json:"result_cents"`
	Sum         bool        `json:"sum,omitempty" doc:"The last step: the value itself"`
}

// AgreedPrice is the price of one unit for one content.
type AgreedPrice struct {
	Unit       int64       `json:"unit"`
	Content    int64       `json:"content"`
	PriceCents money.Cents `json:"price_cents"`
}

// VoucherList is the vouchers of one client, newest first.
type VoucherList struct {
	Vouchers []VoucherBody `json:"vouchers"`
}

// GrantBody is a decision that an official has made in the organiser's client system.
type GrantBody struct {
	Client    int64         `json:"client" minimum:"1" doc:"Number of the client, from the import"`
	Service   int64         `json:"service" minimum:"1"`
	From      calendar.Date `json:"from" format:"date"`
	To        calendar.Date `json:"to" format:"date" doc:"Day after the last one; at most two years"`
	Lines     []GrantLine   `json:"lines" minItems:"1" maxItems:"20"`
	FeeCents  *money.Cents  `json:"fee_cents,omitempty" minimum:"0" maximum:"100000000" doc:"The client's own part of one unit, where the value follows the price"`
	Column    string        `json:"column,omitempty" maxLength:"100" doc:"Column of the value table, where it has several"`
	DecidedBy string        `json:"decided_by" minLength:"1" maxLength:"100" doc:"Name of the official who decided; printed on the decision" example:"Anna Päätös"`
	Office    string        `json:"office" minLength:"1" maxLength:"100" doc:"Office of the official" example:"palveluohjaaja"`
	Contact   string        `json:"contact" minLength:"1" maxLength:"200" doc:"Who gives advice: name and phone" example:"Palveluohjaus, p. 040 123 4567"`
	Reasons   string        `json:"reasons" maxLength:"5000" doc:"Reasons of the decision, in the client's language"`
}

// GrantLine is one content as granted: an amount, or a balance of euros.
type GrantLine struct {
	Content     int64           `json:"content" minimum:"1"`
	Recurrence  string          `json:"recurrence" enum:"day,week,month,quarter,total"`
	Amount      *money.Quantity `json:"amount,omitempty" pattern:"^[0-9]{1,6}([.][0-9]{1,3})?$" maxLength:"10" example:"20"`
	AmountCents *money.Cents    `json:"amount_cents,omitempty" minimum:"1" maximum:"100000000"`
	Total       *money.Quantity `json:"total,omitempty" pattern:"^[0-9]{1,6}([.][0-9]{1,3})?$" maxLength:"10"`
	Individual  *money.Cents    `json:"individual_cents,omitempty" minimum:"0" maximum:"100000000" doc:"The decision maker's own value, where the rulebook leaves it to them"`
	Need        string          `json:"need,omitempty" maxLength:"100" doc:"Need of service, where the value depends on it"`
}

// CloseBody ends a voucher.
type CloseBody struct {
	Day        calendar.Date `json:"day" format:"date" doc:"First closed day"`
	Why        string        `json:"why" enum:"ended,used_up,moved" doc:"Ending against the client's wish is a decision that an official makes on the page"`
	Reason     string        `json:"reason" minLength:"1" maxLength:"1000"`
	Consent    string        `json:"consent,omitempty" maxLength:"500" doc:"The provider's consent when deliveries stand on or after the day: who and when"`
	RowVersion int32         `json:"row_version" minimum:"1"`
	DecidedBy  string        `json:"decided_by" minLength:"1" maxLength:"100"`
}

// VoucherPath names a voucher.
type VoucherPath struct {
	Voucher string `path:"voucher" maxLength:"40" doc:"Voucher number; dashes, spaces and case do not matter"`
}

type voucherOutput struct{ Body VoucherBody }

var organiserSide = []access.Side{access.OrganiserSide}

func (a *API) voucherOps() {
	register(a, Operation{ID: "get-voucher", Method: http.MethodGet, Path: "/vouchers/{voucher}", Right: access.VoucherRead, ClientData: true},
		about{tag: "vouchers", errors: []int{404}, summary: "Read a voucher by its number", description: "The organiser sees its own vouchers. A provider sees the right and what is left of it, without the client, when it is approved for the service; any other number answers alike."}, a.getVoucher)
	register(a, Operation{ID: "list-vouchers", Method: http.MethodGet, Path: "/vouchers", Right: access.VoucherRead, ClientData: true, Sides: organiserSide},
		about{tag: "vouchers", summary: "List a client's vouchers"}, a.listVouchers)
	register(a, Operation{ID: "grant-voucher", Method: http.MethodPost, Path: "/vouchers", Right: access.VoucherGrant, ClientData: true, Sides: organiserSide},
		about{tag: "vouchers", errors: []int{400, 404, 409}, summary: "Grant a voucher", description: "Numbers the voucher and makes the decision letter; the key needs decision.make too. Idempotency-Key is needed: a lost answer must not become a second voucher."}, a.grant)
	register(a, Operation{ID: "close-voucher", Method: http.MethodPost, Path: "/vouchers/{voucher}/close", Right: access.VoucherClose, ClientData: true, Sides: organiserSide},
		about{tag: "vouchers", errors: []int{400, 404, 409}, summary: "Close a voucher from a day on"}, a.closeVoucher)
}

// leads gives the organiser of a number and the scope to read it under. What leads nowhere answers like what is not there.
func (a *API) leads(ctx context.Context, c *call, typed string) (ident.VoucherNumber, int32, error) {
	number, err := ident.ParseVoucherNumber(typed)
	if err != nil {
		return number, 0, errNone.Because(err)
	}
	o, ok, err := a.reach.prefix(ctx, number.Prefix())
	if err != nil {
		return number, 0, err
	}
	if !ok || c.actor.Organiser != 0 && c.actor.Organiser != o.ID {
		return number, 0, errNone
	}
	return number, o.ID, nil
}

func (a *API) getVoucher(ctx context.Context, c *call, in *VoucherPath) (*voucherOutput, error) {
	number, org, err := a.leads(ctx, c, in.Voucher)
	if err != nil {
		return nil, err
	}
	out := &voucherOutput{}
	err = a.DB.Tenant(ctx, c.actor.In(org), func(tx *postgres.Tx) error {
		var v voucher.Voucher
		var choices []voucher.Choice
		var err error
		if c.actor.Role.Side() == access.ProviderSide {
			v, choices, err = voucher.ByNumber(ctx, tx, c.actor, org, number)
		} else {
			v, err = voucher.Find(ctx, tx, c.actor, org, number)
		}
		if err != nil {
			return unknownNumber(err)
		}
		out.Body, err = a.voucherBody(ctx, tx, c, v)
		for _, ch := range choices {
			out.Body.Prices = append(out.Body.Prices, AgreedPrice{ch.Unit, ch.Content, ch.Price})
		}
		return err
	})
	return out, err
}

// unknownNumber makes one answer of every number that the asker may not know.
func unknownNumber(err error) error {
	if code := statusOf(err); code == http.StatusNotFound || code == http.StatusUnprocessableEntity {
		return errNone.Because(err)
	}
	return err
}

func (a *API) voucherBody(ctx context.Context, tx *postgres.Tx, c *call, v voucher.Voucher) (VoucherBody, error) {
	left, err := voucher.Left(ctx, tx, v, max(tx.Today(), v.Valid.From))
	if err != nil {
		return VoucherBody{}, err
	}
	usable := v.Usable()
	b := VoucherBody{Voucher: v.Number.String(), Organiser: a.reach.organiser(v.Organiser).Prefix, Service: v.Service, Mode: v.Mode, From: v.Valid.From, To: usable.To, State: v.Shown(tx.Today()),
		OwnShareBlock: v.OwnShareForbidden, Lines: make([]LineOfVoucher, len(v.Lines))}
	if c.actor.Role.Side() == access.OrganiserSide {
		b.Client, b.RowVersion = v.Client, v.RowVersion
	}
	for i, l := range v.Lines {
		value, ok := l.ValueOn(max(tx.Today(), v.Valid.From))
		if !ok && len(l.Values) > 0 {
			value = l.Values[len(l.Values)-1]
		}
		b.Lines[i] = LineOfVoucher{Content: l.Content, Recurrence: string(l.Recurrence), Amount: l.Amount, AmountCents: l.AmountCents, Total: l.Total,
			ValueCents: value.Cents, FeeCents: value.Fee, Left: left[i].Left(), LeftCents: left[i].LeftCents()}
		for _, band := range value.Bands {
			b.Lines[i].Bands = append(b.Lines[i].Bands, BandOfValue{band.Band, band.Value})
		}
		if c.actor.Role.Side() != access.ProviderSide { // the steps tell the client's income
			b.Lines[i].Why = a.stepsOf(c.lang, value.Explanation)
		}
	}
	return b, nil
}

func (a *API) stepsOf(lang i18n.Lang, e rulebook.Explanation) []StepOfValue {
	steps := make([]StepOfValue, len(e))
	for i, line := range e.Lines(a.Texts, lang) {
		steps[i] = StepOfValue{Label: line.Label, Formula: line.Formula, Source: line.Source, ResultCents: e[i].Result, Sum: e[i].Sum}
	}
	return steps
}

func (a *API) listVouchers(ctx context.Context, c *call, in *struct {
	Client int64 `query:"client" minimum:"1" required:"true"`
}) (*struct{ Body VoucherList }, error) {
	out := &struct{ Body VoucherList }{}
	return out, a.DB.Tenant(ctx, c.actor, func(tx *postgres.Tx) error {
		list, err := voucher.OfClient(ctx, tx, c.actor, c.actor.Organiser, in.Client)
		if err != nil {
			return err
		}
		out.Body.Vouchers = []VoucherBody{}
		for _, v := range list {
			b, err := a.voucherBody(ctx, tx, c, v)
			if err != nil {
				return err
			}
			out.Body.Vouchers = append(out.Body.Vouchers, b)
		}
		return nil
	})
}

func (a *API) means() voucher.Means {
	return voucher.Means{Texts: a.Texts, Models: a.Models, Random: a.Random}
}

// official acts for a person in the client system: both names stand in the audit and on the letter.
func official(by access.Actor, name string) access.Actor {
	by.Name = name + " (" + by.Name + ")"
	return by
}

func (a *API) grant(ctx context.Context, c *call, in *struct {
	IdempotencyKey string `header:"Idempotency-Key" required:"true" minLength:"1" maxLength:"100" pattern:"^[A-Za-z0-9_.:-]+$" doc:"Name of this request; the same name with the same content gives the first answer again" example:"decision-2026-4711"`
	Body           GrantBody
}) (*voucherOutput, error) {
	g := voucher.GrantInput{Organiser: c.actor.Organiser, Client: in.Body.Client, Service: in.Body.Service, Period: calendar.Period{From: in.Body.From, To: in.Body.To},
		Contact: in.Body.Contact, Reasons: in.Body.Reasons, Office: in.Body.Office, Asked: voucher.Asked{Fee: in.Body.FeeCents, Column: in.Body.Column}}
	for _, l := range in.Body.Lines {
		g.Lines = append(g.Lines, voucher.LineInput{Content: l.Content, Recurrence: voucher.Recurrence(l.Recurrence), Amount: l.Amount, AmountCents: l.AmountCents, Total: l.Total,
			Individual: l.Individual, Need: l.Need})
	}
	out := &voucherOutput{}
	return out, a.DB.Tenant(ctx, c.actor, func(tx *postgres.Tx) (err error) {
		out.Body, err = once(ctx, tx, c, in.IdempotencyKey, in.Body, func() (VoucherBody, error) {
			v, err := voucher.Grant(ctx, tx, official(c.actor, in.Body.DecidedBy), a.means(), g)
			if err != nil {
				return VoucherBody{}, err
			}
			return a.voucherBody(ctx, tx, c, v)
		})
		return err
	})
}

func (a *API) closeVoucher(ctx context.Context, c *call, in *struct {
	VoucherPath
	KeyHeader
	Body CloseBody
}) (*voucherOutput, error) {
	number, org, err := a.leads(ctx, c, in.Voucher)
	if err != nil {
		return nil, err
	}
	out := &voucherOutput{}
	return out, a.DB.Tenant(ctx, c.actor, func(tx *postgres.Tx) (err error) {
		out.Body, err = once(ctx, tx, c, in.IdempotencyKey, []any{number.String(), in.Body}, func() (VoucherBody, error) {
			v, err := voucher.Find(ctx, tx, c.actor, org, number)
			if err != nil {
				return VoucherBody{}, unknownNumber(err)
			}
			v, err = voucher.Close(ctx, tx, official(c.actor, in.Body.DecidedBy), a.means(), voucher.CloseInput{Organiser: org, Voucher: v.ID, RowVersion: in.Body.RowVersion,
				Day: in.Body.Day, Why: voucher.Reason(in.Body.Why), Reason: in.Body.Reason, Consent: in.Body.Consent})
			if err != nil {
				return VoucherBody{}, err
			}
			return a.voucherBody(ctx, tx, c, v)
		})
		return err
	})
}
