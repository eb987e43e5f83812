package notice

import (
	"context"
	"fmt"
	"strconv"

	"seteli/domain/notice/db"
	"seteli/domain/rulebook"
	"seteli/platform/i18n"
)

// One function for each topic: read the facts, name the receiver, choose the words.

// service gives the names of a service today and who gets its notices.
func (t *told) service(ctx context.Context, id int64) (i18n.Names, string, error) {
	r, err := t.q.ServiceFacts(ctx, db.ServiceFactsParams{OrganiserID: t.org.ID, ServiceID: id, Day: t.tx.Today()})
	if err != nil {
		return i18n.Names{}, "", fmt.Errorf("reading service %d: %w", id, err)
	}
	return i18n.Names{Fi: r.NameFi, Sv: r.NameSv, En: r.NameEn}, r.NoticeEmail, nil
}

func decisionMade(ctx context.Context, t *told) error {
	r, err := t.q.DecisionFacts(ctx, db.DecisionFactsParams{OrganiserID: t.org.ID, DecisionID: t.Decision})
	if err != nil {
		return fmt.Errorf("reading decision %d: %w", t.Decision, err)
	}
	to := receiver{provider: value(r.ProviderID), person: value(r.PersonID), email: r.Email, language: r.Language}
	key := "decision.provider"
	if to.person != 0 {
		key, to.provider = "decision.client", 0
	}
	return t.tell(ctx, to, key, map[string]any{"number": r.Number})
}

// hearingAsked tells the client on the own pages, and by e-mail too when that is the way chosen; a letter is sent by hand. What is asked
// and about whom stays behind the sign-in.
func hearingAsked(ctx context.Context, t *told) error {
	r, err := t.q.HearingFacts(ctx, db.HearingFactsParams{OrganiserID: t.org.ID, ProposalID: t.Proposal})
	if err != nil {
		return fmt.Errorf("reading proposal %d: %w", t.Proposal, err)
	}
	to := receiver{person: r.PersonID, language: r.Language}
	if t.Channel == "portal" {
		to.email = r.Email
	}
	return t.tell(ctx, to, "hearing.asked", map[string]any{"due": t.Due})
}

// hearingReplied tells the organiser's office that a proposal can be taken up again.
func hearingReplied(ctx context.Context, t *told) error {
	r, err := t.q.HearingFacts(ctx, db.HearingFactsParams{OrganiserID: t.org.ID, ProposalID: t.Proposal})
	if err != nil {
		return fmt.Errorf("reading proposal %d: %w", t.Proposal, err)
	}
	service, email, err := t.service(ctx, r.ServiceID)
	if err != nil {
		return err
	}
	return t.tell(ctx, t.organiserStaff(email), "hearing.replied", map[string]any{"number": strconv.FormatInt(t.Proposal, 10), "service": service})
}

// eventChecked tells the verdict with our number and the coded reason. The checker's own words and the sender's own reference may name a
// client: they stay behind the sign-in.
func eventChecked(ctx context.Context, t *told) error {
	r, err := t.q.EventFacts(ctx, db.EventFactsParams{OrganiserID: t.org.ID, EventID: t.Event, StepNo: t.Step})
	if err != nil {
		return fmt.Errorf("reading event %d: %w", t.Event, err)
	}
	args := map[string]any{"day": r.ServiceDate, "reference": strconv.FormatInt(t.Event, 10), "amount": r.OrganiserCents, "reason": i18n.Key("notice.no_reason")}
	if r.ReasonCode != "" {
		args["reason"] = i18n.Key("event.reason." + r.ReasonCode)
	}
	return t.tell(ctx, receiver{provider: r.ProviderID, email: r.Email, language: r.Language}, "event."+r.State, args)
}

func statementReady(ctx context.Context, t *told) error {
	r, err := t.q.StatementFacts(ctx, db.StatementFactsParams{OrganiserID: t.org.ID, RunNo: t.Run, ProviderID: t.Provider})
	if err != nil {
		return fmt.Errorf("reading the statement of provider %d in run %d: %w", t.Provider, t.Run, err)
	}
	return t.tell(ctx, receiver{provider: t.Provider, email: r.Email, language: r.Language}, "statement."+r.Disposition,
		map[string]any{"number": r.StatementNo, "amount": r.NetCents, "day": r.DueOn})
}

func statementClaimed(ctx context.Context, t *told) error {
	r, err := t.q.ClaimFacts(ctx, db.ClaimFactsParams{OrganiserID: t.org.ID, ClaimNo: t.Claim})
	if err != nil {
		return fmt.Errorf("reading claim %d: %w", t.Claim, err)
	}
	return t.tell(ctx, receiver{provider: r.ProviderID, email: r.Email, language: r.Language}, "statement.claimed",
		map[string]any{"number": r.Number, "amount": r.AmountCents, "day": r.DueOn})
}

func orderMade(ctx context.Context, t *told) error {
	r, err := t.q.OrderFacts(ctx, db.OrderFactsParams{OrganiserID: t.org.ID, OrderID: t.Order})
	if err != nil {
		return fmt.Errorf("reading order %d: %w", t.Order, err)
	}
	service, _, err := t.service(ctx, r.ServiceID)
	if err != nil {
		return err
	}
	return t.tell(ctx, receiver{provider: r.ProviderID, email: r.Email, language: r.Language}, "order.made",
		map[string]any{"number": r.Number, "service": service})
}

func orderAnswered(ctx context.Context, t *told) error {
	r, err := t.q.OrderFacts(ctx, db.OrderFactsParams{OrganiserID: t.org.ID, OrderID: t.Order})
	if err != nil {
		return fmt.Errorf("reading order %d: %w", t.Order, err)
	}
	service, email, err := t.service(ctx, r.ServiceID)
	if err != nil {
		return err
	}
	key := "order.confirmed"
	if r.State == "declined" {
		key = "order.declined"
	}
	return t.tell(ctx, t.organiserStaff(email), key, map[string]any{"number": r.Number, "service": service, "company": r.Company})
}

// orderEnded tells the provider, and the organiser when the end of an approval ended the order: somebody must order anew.
func orderEnded(ctx context.Context, t *told) error {
	r, err := t.q.OrderFacts(ctx, db.OrderFactsParams{OrganiserID: t.org.ID, OrderID: t.Order})
	if err != nil {
		return fmt.Errorf("reading order %d: %w", t.Order, err)
	}
	service, email, err := t.service(ctx, r.ServiceID)
	if err != nil {
		return err
	}
	args := map[string]any{"number": r.Number, "service": service, "company": r.Company}
	if r.EndedWhy != "" {
		if err := t.tell(ctx, t.organiserStaff(email), "order.ended.organiser", args); err != nil {
			return err
		}
	}
	return t.tell(ctx, receiver{provider: r.ProviderID, email: r.Email, language: r.Language}, "order.ended", args)
}

// approvalEnded tells whoever did not do it: the company of a revocation, the organiser of a company's leaving, both when the time
// has run out.
func approvalEnded(ctx context.Context, t *told) error {
	for _, id := range t.Approvals {
		a, err := t.approval(ctx, id)
		if err != nil {
			return err
		}
		if t.Kind != "exit" {
			if err := t.tell(ctx, a.company, "approval."+t.Kind, a.args, id); err != nil {
				return err
			}
		}
		if t.Kind != "revoked" {
			if err := t.tell(ctx, a.office, "approval."+t.Kind+".organiser", a.args, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// approvalExpiring reminds both: the company may apply again, the organiser decides and its clients need somebody.
func approvalExpiring(ctx context.Context, t *told) error {
	a, err := t.approval(ctx, t.Approval)
	if err != nil {
		return err
	}
	if err := t.tell(ctx, a.company, "approval.expiring", a.args); err != nil {
		return err
	}
	return t.tell(ctx, a.office, "approval.expiring.organiser", a.args)
}

// checkDue reminds both of a condition that is checked again: the company has its proof ready, the office looks.
func checkDue(ctx context.Context, t *told) error {
	c, err := t.q.CheckFacts(ctx, db.CheckFactsParams{OrganiserID: t.org.ID, CheckID: t.Check})
	if err != nil {
		return fmt.Errorf("reading check %d: %w", t.Check, err)
	}
	book, err := rulebook.ByID(ctx, t.tx, t.org.ID, c.RulebookID)
	if err != nil {
		return err
	}
	if int(c.CriterionNo) >= len(book.Rules.Criteria) {
		return fmt.Errorf("check %d: rulebook %d has no condition %d", t.Check, c.RulebookID, c.CriterionNo)
	}
	a, err := t.approval(ctx, c.ApprovalID)
	if err != nil {
		return err
	}
	a.args["criterion"], a.args["day"] = book.Rules.Criteria[c.CriterionNo].Names, c.DueOn
	if err := t.tell(ctx, a.company, "approval.check_due", a.args); err != nil {
		return err
	}
	return t.tell(ctx, a.office, "approval.check_due.organiser", a.args)
}

// voucherLapsed tells the client, who may still need the service.
func voucherLapsed(ctx context.Context, t *told) error {
	v, err := t.q.VoucherFacts(ctx, db.VoucherFactsParams{OrganiserID: t.org.ID, VoucherID: t.Voucher})
	if err != nil {
		return fmt.Errorf("reading voucher %d: %w", t.Voucher, err)
	}
	service, _, err := t.service(ctx, v.ServiceID)
	if err != nil {
		return err
	}
	return t.tell(ctx, receiver{person: v.PersonID, email: v.Email, language: v.Language}, "voucher.lapsed", map[string]any{"service": service})
}

func approvalSuspended(ctx context.Context, t *told) error {
	return t.aboutApproval(ctx, "approval.suspended")
}

func approvalResumed(ctx context.Context, t *told) error {
	return t.aboutApproval(ctx, "approval.resumed")
}

// aboutApproval tells the company what the organiser did to its approval. The reason may be about people: it stays behind the sign-in.
func (t *told) aboutApproval(ctx context.Context, key string) error {
	a, err := t.approval(ctx, t.Approval)
	if err != nil {
		return err
	}
	return t.tell(ctx, a.company, key, a.args)
}

// approved is an approval with who hears of it. Its day is the message's: the first of what is told; last is the day before.
type approved struct {
	company, office receiver
	args            map[string]any
}

func (t *told) approval(ctx context.Context, id int64) (approved, error) {
	r, err := t.q.ApprovalFacts(ctx, db.ApprovalFactsParams{OrganiserID: t.org.ID, ApprovalID: id})
	if err != nil {
		return approved{}, fmt.Errorf("reading approval %d: %w", id, err)
	}
	service, email, err := t.service(ctx, r.ServiceID)
	return approved{company: receiver{provider: r.ProviderID, email: r.Email, language: r.Language}, office: t.organiserStaff(email),
		args: map[string]any{"service": service, "company": r.Company, "unit": r.UnitName, "day": t.From, "last": t.From - 1}}, err
}

func applicationSent(ctx context.Context, t *told) error {
	r, err := t.q.ApplicationFacts(ctx, db.ApplicationFactsParams{OrganiserID: t.org.ID, ApplicationID: t.Application})
	if err != nil {
		return fmt.Errorf("reading application %d: %w", t.Application, err)
	}
	service, email, err := t.service(ctx, r.ServiceID)
	if err != nil {
		return err
	}
	return t.tell(ctx, t.organiserStaff(email), "application.sent", map[string]any{"service": service, "company": r.Company})
}

func applicationCompletion(ctx context.Context, t *told) error {
	r, err := t.q.ApplicationFacts(ctx, db.ApplicationFactsParams{OrganiserID: t.org.ID, ApplicationID: t.Application})
	if err != nil {
		return fmt.Errorf("reading application %d: %w", t.Application, err)
	}
	service, _, err := t.service(ctx, r.ServiceID)
	if err != nil {
		return err
	}
	args := map[string]any{"service": service, "day": t.tx.Today()}
	if r.CompleteBy != nil {
		args["day"] = *r.CompleteBy
	}
	return t.tell(ctx, receiver{provider: r.ProviderID, email: r.Email, language: r.Language}, "application.completion", args)
}

func priceDecided(ctx context.Context, t *told) error {
	r, err := t.q.PriceFacts(ctx, db.PriceFactsParams{OrganiserID: t.org.ID, PriceID: t.Price})
	if err != nil {
		return fmt.Errorf("reading price %d: %w", t.Price, err)
	}
	service, _, err := t.service(ctx, r.ServiceID)
	if err != nil {
		return err
	}
	key := "price.approved"
	if r.State == "rejected" {
		key = "price.rejected"
	}
	return t.tell(ctx, receiver{provider: r.ProviderID, email: r.Email, language: r.Language}, key,
		map[string]any{"service": service, "unit": r.UnitName, "day": r.ValidFrom})
}

// reservationMade tells the other side: the provider when the client or the organiser chose it, the client when the provider reserved.
func reservationMade(ctx context.Context, t *told) error {
	r, service, err := t.reservation(ctx)
	if err != nil {
		return err
	}
	args := map[string]any{"service": service, "unit": r.UnitName, "company": r.Company, "day": r.ValidFrom}
	if r.MadeBySide != "client" {
		if err := t.tell(ctx, client(r), "reservation.made.client", args); err != nil {
			return err
		}
	}
	if r.MadeBySide == "provider" {
		return nil
	}
	return t.tell(ctx, provider(r), "reservation.made.provider", args)
}

// reservationEnded tells both sides: whoever ended it, the other must know. A client whose provider leaves or is taken off the list
// is told that: the client has a choice to make.
func reservationEnded(ctx context.Context, t *told) error {
	r, service, err := t.reservation(ctx)
	if err != nil {
		return err
	}
	args := map[string]any{"service": service, "unit": r.UnitName, "company": r.Company, "day": r.ValidTo - 1}
	if r.State == "cancelled" {
		args["day"] = r.ValidFrom
	}
	key := "reservation.ended.client"
	if t.Why != "" {
		key += "." + t.Why
	}
	if err := t.tell(ctx, client(r), key, args); err != nil {
		return err
	}
	return t.tell(ctx, provider(r), "reservation.ended.provider", args)
}

// reservationSuspended tells the client only: the provider has the organiser's own word about its approval.
func reservationSuspended(ctx context.Context, t *told) error {
	r, service, err := t.reservation(ctx)
	if err != nil {
		return err
	}
	return t.tell(ctx, client(r), "reservation.suspended.client", map[string]any{"service": service, "unit": r.UnitName, "company": r.Company, "day": t.From})
}

func (t *told) reservation(ctx context.Context) (db.ReservationFactsRow, i18n.Names, error) {
	r, err := t.q.ReservationFacts(ctx, db.ReservationFactsParams{OrganiserID: t.org.ID, ReservationID: t.Reservation})
	if err != nil {
		return r, i18n.Names{}, fmt.Errorf("reading reservation %d: %w", t.Reservation, err)
	}
	service, _, err := t.service(ctx, r.ServiceID)
	return r, service, err
}

func client(r db.ReservationFactsRow) receiver {
	return receiver{person: r.PersonID, email: r.ClientEmail, language: r.ClientLanguage}
}

func provider(r db.ReservationFactsRow) receiver {
	return receiver{provider: r.ProviderID, email: r.UnitEmail, language: r.ProviderLanguage}
}
