package api

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"net/http"
	"slices"
	"strconv"
	"time"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/ident"
	"seteli/core/money"
	"seteli/domain/event"
	"seteli/platform/access"
	"seteli/platform/i18n"
	"seteli/platform/postgres"
)

// LineBody is one delivered service, as the provider states it. What is left out is filled from the reservation and the price list.
type LineBody struct {
	ClientReference string          `json:"client_reference,omitempty" minLength:"1" maxLength:"50" pattern:"^[A-Za-z0-9_-]+$" doc:"The sender's own name of the event, unique for ever. The same reference with the same content gives the first verdict again; with other content it is refused (COR-01). Needed unless the request has an Idempotency-Key." example:"visit-2026-11-20-0815"`
	Voucher         string          `json:"voucher" minLength:"1" maxLength:"40" doc:"Voucher number; dashes, spaces and case do not matter" example:"TMP-2345-6789-A"`
	Content         string          `json:"content,omitempty" maxLength:"30" doc:"Code of the service content; may be left out when one content is reserved" example:"KH"`
	Unit            int64           `json:"unit,omitempty" minimum:"1" doc:"The provider's unit; left out: that of the reservation"`
	Date            calendar.Date   `json:"date" format:"date" doc:"Day of the service" example:"2026-11-20"`
	Start           *time.Time      `json:"start,omitempty" doc:"When it began" example:"2026-11-20T08:15:00+02:00"`
	End             *time.Time      `json:"end,omitempty" doc:"When it ended" example:"2026-11-20T09:45:00+02:00"`
	Quantity        *money.Quantity `json:"quantity,omitempty" pattern:"^[0-9]{1,6}([.][0-9]{1,3})?$" maxLength:"10" doc:"How much, in the unit of measure of the content, as a decimal in a string; left out: the duration" example:"1.5"`
	Measure         string          `json:"measure,omitempty" enum:"hour,visit,day,week,month,piece,euro" doc:"Unit of measure as the sender understands it; another one is refused (SVC-02)" example:"hour"`
	PriceCents      *money.Cents    `json:"price_cents,omitempty" minimum:"0" maximum:"100000000" doc:"Price per unit in cents; left out: the agreed one" example:"4200"`
	AmountCents     *money.Cents    `json:"amount_cents,omitempty" minimum:"0" maximum:"10000000000" doc:"Quantity × price in cents, rounded half up once; checked when given" example:"6300"`
	BirthDate       *calendar.Date  `json:"birth_date,omitempty" format:"date" doc:"The client's day of birth, as a check against a wrong number (REL-01)"`
	Note            string          `json:"note,omitempty" maxLength:"1000"`
	Worker          string          `json:"worker,omitempty" maxLength:"100" doc:"The sender's name of the worker; two clients at once are looked at (TIM-11)"`
}

// RecordBody is a batch of events; one is a batch of one.
type RecordBody struct {
	Lines []LineBody `json:"lines" minItems:"1" maxItems:"1000"`
}

// VerdictBody is the answer to one line, in its place.
type VerdictBody struct {
	ClientReference string         `json:"client_reference,omitempty"`
	State           string         `json:"state" enum:"accepted,partial,review,rejected" doc:"partial: accepted up to what was left; review: the organiser looks at it"`
	Event           string         `json:"event,omitempty" doc:"Number of the recorded event; none when it was rejected or only tried" example:"TMP-1842"`
	Quantity        money.Quantity `json:"quantity" doc:"What was asked: a decimal, or an exact fraction of 3000" example:"1.5"`
	Accepted        money.Quantity `json:"accepted_quantity" example:"1.5"`
	PriceCents      money.Cents    `json:"price_cents" doc:"Per unit"`
	ValueCents      money.Cents    `json:"value_cents" doc:"Value of the voucher per unit"`
	TotalCents      money.Cents    `json:"total_cents" doc:"Of the accepted quantity"`
	OrganiserCents  money.Cents    `json:"organiser_cents" doc:"What the organiser pays"`
	OwnCents        money.Cents    `json:"own_cents" doc:"What the client pays to the provider"`
	Findings        []FindingBody  `json:"findings"`
}

// FindingBody is one thing that a check found.
type FindingBody struct {
	Code     string `json:"code" doc:"See the check catalogue" example:"QTY-05"`
	Severity string `json:"severity" enum:"warn,review,reject"`
	Pointer  string `json:"pointer,omitempty" doc:"Field of the line in the request" example:"#/lines/0/quantity"`
	Text     string `json:"text"`
	Remedy   string `json:"remedy"`
}

// RecordAnswer has a verdict for each line.
type RecordAnswer struct {
	Accepted int           `json:"accepted" doc:"Lines accepted wholly"`
	Partial  int           `json:"partial"`
	Review   int           `json:"review"`
	Rejected int           `json:"rejected" doc:"Not recorded: correct and send again"`
	Verdicts []VerdictBody `json:"verdicts"`
}

type recordInput struct {
	KeyHeader
	Body RecordBody
}

type recordOutput struct{ Body RecordAnswer }

func (a *API) eventOps() {
	const body = 1 << 20
	register(a, Operation{ID: "record-events", Method: http.MethodPost, Path: "/events", Right: access.EventRecord, ClientData: true, Sides: provider},
		about{tag: "events", body: body, errors: []int{400, 409, 413, 415}, summary: "Record delivered services",
			description: "Judges one line or up to 1,000 and records those that are not rejected; each line has its verdict at once. 200 when at least one line was recorded. When every line was rejected, 422 (409 when each only repeats a reference with other content) with the same verdicts in the problem. Lines of several organisers may be mixed: each organiser's lines are one transaction."},
		a.record)
	register(a, Operation{ID: "try-events", Method: http.MethodPost, Path: "/events/dry-run", Right: access.EventRecord, ClientData: true, Sides: provider},
		about{tag: "events", body: body, errors: []int{400, 413, 415}, summary: "Ask what recording would answer",
			description: "The same checks on the same facts; nothing is stored. Could I bill this? Needs no reference. Always 200 when the lines could be judged."},
		a.dryRun)
	a.eventReadOps()
}

var provider = []access.Side{access.ProviderSide}

// batch is one call on its way: its lines, and where the lines of each organiser stand.
type batch struct {
	lines  []event.Line
	of     map[int32][]int
	order  []int32
	prefix map[int32]string
	out    []event.Verdict
}

func (a *API) record(ctx context.Context, c *call, in *recordInput) (*recordOutput, error) {
	if in.IdempotencyKey == "" {
		if err := referenced(in.Body.Lines); err != nil {
			return nil, err
		}
		answer, err := a.judge(ctx, c, in.Body.Lines, a.Desk.Record)
		if err != nil {
			return nil, err
		}
		return settled(c, answer)
	}
	hash, err := inputHash(c.op.ID, in.Body)
	if err != nil {
		return nil, err
	}
	answer, err := a.recordOnce(ctx, c, in, hash)
	if err != nil {
		return nil, err
	}
	return settled(c, answer)
}

// settled makes a refusal of an answer without a single recorded line.
func settled(c *call, answer RecordAnswer) (*recordOutput, error) {
	if answer.Rejected < len(answer.Verdicts) {
		return &recordOutput{answer}, nil
	}
	f := errRejected
	if !slices.ContainsFunc(answer.Verdicts, func(v VerdictBody) bool { return len(v.Findings) == 0 || v.Findings[0].Code != "COR-01" }) {
		f = errOther
	}
	f = f.With("n", answer.Rejected)
	p := c.api.about(c.lang, f, statusOf(f))
	p.Verdicts, p.cause = answer.Verdicts, f
	return nil, p
}

// referenced demands a name for each line: an answer that was lost on the way must not become a second event.
func referenced(lines []LineBody) error {
	var faults fault.List
	for i := range lines {
		if lines[i].ClientReference == "" {
			faults = append(faults, errReference.At("#/lines/"+strconv.Itoa(i)+"/client_reference"))
		}
	}
	return faults.Err()
}

func (a *API) dryRun(ctx context.Context, c *call, in *struct{ Body RecordBody }) (*recordOutput, error) {
	answer, err := a.judge(ctx, c, in.Body.Lines, a.Desk.DryRun)
	if err != nil {
		return nil, err
	}
	return &recordOutput{answer}, nil
}

// judge sends each organiser's lines to the desk and puts the verdicts back into the order of the request.
func (a *API) judge(ctx context.Context, c *call, lines []LineBody, desk func(context.Context, int32, event.Submission) ([]event.Verdict, error)) (RecordAnswer, error) {
	b, err := a.batch(ctx, lines)
	if err != nil {
		return RecordAnswer{}, err
	}
	for _, org := range b.order {
		sub := event.Submission{By: c.actor, Provider: c.actor.Provider, Source: event.API, Lines: b.linesOf(org)}
		verdicts, err := desk(ctx, org, sub)
		if err != nil {
			return RecordAnswer{}, err
		}
		for i, at := range b.of[org] {
			b.out[at] = verdicts[i]
		}
	}
	return a.answer(c.lang, b, lines), nil
}

func (b *batch) linesOf(org int32) []event.Line {
	if len(b.of[org]) == len(b.lines) { // the usual case: nothing to pick
		return b.lines
	}
	lines := make([]event.Line, len(b.of[org]))
	for i, at := range b.of[org] {
		lines[i] = b.lines[at]
	}
	return lines
}

// batch finds each line's organiser by the prefix of its voucher number. A number that leads nowhere is rejected as an unknown
// one is: nobody learns which organisers there are by trying.
func (a *API) batch(ctx context.Context, lines []LineBody) (*batch, error) {
	b := &batch{lines: make([]event.Line, len(lines)), of: map[int32][]int{}, prefix: map[int32]string{}, out: make([]event.Verdict, len(lines))}
	for i := range lines {
		l := &lines[i]
		b.lines[i] = l.line()
		number, err := ident.ParseVoucherNumber(l.Voucher)
		if err == nil {
			o, ok, err := a.reach.prefix(ctx, number.Prefix())
			if err != nil {
				return nil, err
			}
			b.lines[i].Number = number.String()
			if ok {
				if b.of[o.ID] == nil {
					b.order = append(b.order, o.ID)
				}
				b.of[o.ID], b.prefix[o.ID] = append(b.of[o.ID], i), o.Prefix
				continue
			}
		}
		b.out[i] = event.UnknownNumber(&b.lines[i])
	}
	slices.Sort(b.order)
	return b, nil
}

func (l *LineBody) line() event.Line {
	return event.Line{Reference: l.ClientReference, Number: l.Voucher, BirthDate: l.BirthDate, Content: l.Content, Unit: l.Unit, Date: l.Date,
		Start: l.Start, End: l.End, Quantity: l.Quantity, Measure: l.Measure, Price: l.PriceCents, Amount: l.AmountCents, Note: l.Note, Worker: l.Worker}
}

func (a *API) answer(lang i18n.Lang, b *batch, lines []LineBody) RecordAnswer {
	org := make([]int32, len(lines))
	for id, places := range b.of {
		for _, at := range places {
			org[at] = id
		}
	}
	out := RecordAnswer{Verdicts: make([]VerdictBody, len(lines))}
	for i := range b.out {
		v := &b.out[i]
		switch v.State {
		case event.Accepted:
			out.Accepted++
		case event.Partial:
			out.Partial++
		case event.Review:
			out.Review++
		default:
			out.Rejected++
		}
		body := VerdictBody{ClientReference: lines[i].ClientReference, State: string(v.State), Quantity: v.Quantity, Accepted: v.Accepted, PriceCents: v.Price,
			ValueCents: v.Value, TotalCents: v.Share.Total, OrganiserCents: v.Share.Organiser, OwnCents: v.Share.Own, Findings: make([]FindingBody, len(v.Findings))}
		if v.Event != 0 {
			body.Event = b.prefix[org[i]] + "-" + digits(v.Event)
		}
		for j, f := range v.Findings {
			body.Findings[j] = a.finding(lang, f)
			if field := fieldOf(f.Field); field != "" {
				body.Findings[j].Pointer = "#/lines/" + strconv.Itoa(i) + "/" + field
			}
		}
		out.Verdicts[i] = body
	}
	return out
}

// fieldOf is the request's name of a field as the checks name it.
func fieldOf(field string) string {
	switch field {
	case "number", "voucher":
		return "voucher"
	case "reference":
		return "client_reference"
	case "price", "amount":
		return field + "_cents"
	}
	return field
}

func (a *API) finding(lang i18n.Lang, f event.Finding) FindingBody {
	args := f.Args()
	return FindingBody{Code: f.Code, Severity: severity(f.Severity()), Text: a.Texts.Text(lang, f.TextKey(), args), Remedy: a.Texts.Text(lang, f.TextKey()+".remedy", args)}
}

func severity(s event.Severity) string {
	switch s {
	case event.ToReject:
		return "reject"
	case event.ToReview:
		return "review"
	}
	return "warn"
}

// recordOnce answers a named request. The name and the content are kept before the lines are recorded, and lines without a
// reference of their own get one made of the name: when the program falls between the two, the repeat finds the same lines.
func (a *API) recordOnce(ctx context.Context, c *call, in *recordInput, hash [32]byte) (RecordAnswer, error) {
	key := postgres.Key{Realm: c.realm(), Key: in.IdempotencyKey}
	var stored []byte
	err := a.DB.National(ctx, func(tx *postgres.Tx) (err error) {
		stored, err = postgres.Claim(ctx, tx, key, hash)
		return err
	})
	if err != nil || stored != nil {
		return decode[RecordAnswer](stored, err)
	}
	lines := slices.Clone(in.Body.Lines)
	sum := sha256.Sum256([]byte(key.Realm + "\n" + key.Key))
	name := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20])
	for i := range lines {
		if lines[i].ClientReference == "" {
			lines[i].ClientReference = "K-" + name + "-" + strconv.Itoa(i)
		}
	}
	answer, err := a.judge(ctx, c, lines, a.Desk.Record)
	if err != nil {
		return RecordAnswer{}, err
	}
	fresh, err := encode(answer)
	if err != nil {
		return RecordAnswer{}, err
	}
	err = a.DB.National(ctx, func(tx *postgres.Tx) (err error) {
		stored, err = postgres.Answer(ctx, tx, key, fresh)
		return err
	})
	return decode[RecordAnswer](stored, err)
}
