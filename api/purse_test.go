package api_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"seteli/api"
	"seteli/core/calendar"
	"seteli/core/money"
	"seteli/domain/onetime"
	"seteli/domain/purse"
	"seteli/domain/rulebook"
	"seteli/domain/voucher"
	"seteli/domain/voucher/vouchertest"
	"seteli/platform/postgres"
)

// euroContent is a content counted in euros that the provider may sell.
const euroContent = 27

// purse gives Aino a balance that is accepted.
func (w *world) purse(balance money.Cents) voucher.Voucher {
	w.T.Helper()
	w.Exec(`insert into content (organiser_id, content_id, service_id, code, unit, created_at) values (1, $1, $2, 'saldo', 'euro', now()) on conflict do nothing`, euroContent, vouchertest.Service)
	w.Exec(`insert into content_version (organiser_id, content_id, version, valid_from, name_fi, name_sv, name_en, position) values (1, $1, 1, '2026-01-01', 'Muu palvelu, euroina', 'Annan tjänst, i euro', 'Other service, in euros', 9) on conflict do nothing`, euroContent)
	w.Exec(`insert into price (organiser_id, provider_id, unit_id, content_id, price_cents, valid_from, state, proposed_at, proposed_by) values (1, $1, $2, $3, 100, '2026-01-02', 'approved', now(), 'x') on conflict do nothing`,
		vouchertest.Provider, vouchertest.Unit, euroContent)
	w.Exec(`update rulebook set rules = jsonb_set(rules, '{value,values}', (rules->'value'->'values') || $1::jsonb) where organiser_id = 1 and rulebook_id = 1 and not rules @> $2::jsonb`,
		[]rulebook.FlatValue{{Content: euroContent, Value: 100}}, map[string]any{"value": map[string]any{"values": []rulebook.FlatValue{{Content: euroContent, Value: 100}}}})
	w.Exec(`update rulebook set rules = jsonb_set(rules, '{purse}', $1) where organiser_id = 1 and rulebook_id = 1`, rulebook.Purse{HoldDays: 7, GraceDays: 14, LeftOver: rulebook.LeftExpires, BalanceShown: true})
	in := w.Input(20)
	var v voucher.Voucher
	w.Do(w.Staff, func(tx *postgres.Tx) (err error) {
		v, _, err = purse.Grant(w.T.Context(), tx, w.Staff, w.Means, purse.GrantInput{Organiser: vouchertest.Organiser, Client: w.Aino.ID, Service: vouchertest.Service, Period: in.Period, Balance: balance,
			Contents: []int64{euroContent}, Contact: in.Contact, Reasons: in.Reasons, Office: in.Office})
		if err != nil {
			return err
		}
		if v, err = voucher.GiveSheet(w.T.Context(), tx, w.Staff, w.Means, voucher.SheetInput{Organiser: v.Organiser, Voucher: v.ID, Channel: voucher.ByHand}); err != nil {
			return err
		}
		v, err = voucher.Accept(w.T.Context(), tx, w.Staff, voucher.AnswerInput{Organiser: v.Organiser, Voucher: v.ID, Channel: voucher.ByPhone})
		return err
	})
	return v
}

// slip gives a one-time voucher and its number.
func (w *world) slip() string {
	w.T.Helper()
	in := w.Input(1)
	var list []onetime.Slip
	w.Do(w.Staff, func(tx *postgres.Tx) (err error) {
		list, err = onetime.Give(w.T.Context(), tx, w.Staff, w.Means, onetime.GiveInput{Client: w.Aino.ID, Channel: voucher.ByHand, Terms: onetime.Terms{Organiser: vouchertest.Organiser, Service: vouchertest.Service,
			Content: in.Lines[0].Content, Quantity: money.Units(1), Period: calendar.Period{From: vouchertest.Today, To: in.Period.To}, Count: 1, Contact: in.Contact, Reasons: in.Reasons, Office: in.Office}})
		return err
	})
	return list[0].Number.String()
}

func TestATillIsAnsweredAtOnceAndRefusedWithCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.purse(50_00).Number.String()
	ask := func(reference string, rest string) answer {
		return w.ask(w.Mine, "POST", "/purse-holds", `{"reference":"`+reference+`","voucher":"`+number+`",`+rest+`}`)
	}
	bought := read[api.HoldBody](t, ask("r-1", `"amount_cents":2000,"capture":true`), 200)
	if bought.State != "captured" || bought.Event == "" || *bought.RemainingCents != 3000 {
		t.Errorf("%+v", bought)
	}
	if again := read[api.HoldBody](t, ask("r-1", `"amount_cents":2000,"capture":true`), 200); !again.Repeated || again.Event != bought.Event {
		t.Errorf("the repeat: %+v", again)
	}
	problem(t, ask("r-1", `"amount_cents":2001,"capture":true`), 409, "BAL-011")
	problem(t, ask("r-2", `"amount_cents":3001`), 409, "BAL-010")
	problem(t, ask("r-2", `"amount_cents":100,"content":21`), 409, "BAL-004")
	problem(t, ask("r-2", `"quantity":"0"`), 422, "BAL-006")
	problem(t, w.ask(w.Mine, "POST", "/purse-holds", `{"reference":"r-3","voucher":"MAA23456789X","amount_cents":1}`), 404, "API-018")
	held := read[api.HoldBody](t, ask("r-4", `"amount_cents":3000`), 200)
	problem(t, w.ask(w.Mine, "POST", "/purse-holds/"+held.Hold+"/capture", `{"amount_cents":3001}`), 422, "BAL-016")
	part := read[api.HoldBody](t, w.ask(w.Mine, "POST", "/purse-holds/"+held.Hold+"/capture", `{"amount_cents":1000}`), 200)
	if part.CapturedCents != 1000 || *part.RemainingCents != 2000 {
		t.Errorf("%+v", part)
	}
	problem(t, w.ask(w.Mine, "POST", "/purse-holds/"+held.Hold+"/release", `{"reason":"x"}`), 409, "BAL-013")
	back := read[api.HoldBody](t, w.ask(w.Mine, "POST", "/purse-holds/"+held.Hold+"/refund", `{"reason":"Palautus"}`), 200)
	if back.State != "refunded" {
		t.Errorf("%+v", back)
	}
	if list := read[api.HoldList](t, w.ask(w.Mine, "GET", "/purse-holds?limit=1", nil), 200); len(list.Holds) != 1 || list.Holds[0].State != "refunded" || list.Next == "" {
		t.Errorf("%+v", list)
	}
}

func TestSixtyFourProgramsSpendExactlyTheBalance(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.purse(100_00).Number.String()
	read[api.HoldBody](t, w.ask(w.Mine, "POST", "/purse-holds", `{"reference":"first","voucher":"`+number+`","amount_cents":100}`), 200)
	var yes, no atomic.Int64
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			switch a := w.ask(w.Mine, "POST", "/purse-holds", `{"reference":"r-`+digits(int64(i))+`","voucher":"`+number+`","amount_cents":300}`); a.Status {
			case 200:
				yes.Add(1)
			case 409:
				no.Add(1)
			default:
				t.Errorf("%d %s", a.Status, a.Body)
			}
		})
	}
	all.Wait()
	if yes.Load() != 33 || no.Load() != 31 {
		t.Errorf("%d were let through, %d refused; want 33 and 31", yes.Load(), no.Load())
	}
}
