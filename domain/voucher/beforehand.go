package voucher

import (
	"context"

	"seteli/core/calendar"
	"seteli/core/fault"
	"seteli/core/money"
	"seteli/domain/catalogue"
	"seteli/domain/rulebook"
	"seteli/platform/access"
	"seteli/platform/postgres"
)

// Beforehand tells what one unit of a content is worth to whoever gets a voucher of it, for paper that is printed before its client is
// known. VOU-054 when the value depends on the client. individual is the value that the decision maker sets, where the method leaves it to them.
func Beforehand(ctx context.Context, tx *postgres.Tx, by access.Actor, means Means, organiser int32, service, content int64, p calendar.Period, individual *money.Cents) (catalogue.Service, Value, error) {
	if err := by.May(access.VoucherGrant, organiser); err != nil {
		return catalogue.Service{}, Value{}, err
	}
	if err := checkPeriod(p); err != nil {
		return catalogue.Service{}, Value{}, err
	}
	s, err := catalogue.ServiceAt(ctx, tx, organiser, service, p.From)
	if err != nil {
		return catalogue.Service{}, Value{}, err
	}
	c, ok := s.Content(content)
	switch {
	case !by.SeesService(s.Teams):
		return s, Value{}, errTeam
	case s.Mode != catalogue.Voucher:
		return s, Value{}, errMode
	case !ok || !c.Period.Contains(p.From):
		return s, Value{}, errContent.At("content")
	}
	book, err := rulebook.Current(ctx, tx, organiser, service, p.From)
	if fault.KindOf(err) == fault.NotFound {
		return s, Value{}, errNoRulebook.Because(err)
	}
	if err != nil {
		return s, Value{}, err
	}
	needs, err := means.Models.Needs(book, content)
	if err != nil {
		return s, Value{}, err
	}
	if needs.Household || needs.Fee || len(needs.Choices)+len(needs.Columns) > 0 {
		return s, Value{}, errPersonal
	}
	var facts *rulebook.Facts
	if needs.Individual {
		facts = &rulebook.Facts{Individual: individual}
	}
	v, err := compute(means, book, facts, content, p, true)
	return s, v, err
}
