-- 0088 daycare place decision (expand): an accepted offer gives a decision of its own, made in the name of who offered the place; income
-- that a family tells in its application is recorded or refused once, and an income says where it was told. Older programs leave the
-- new columns at their defaults: they accept offers without a decision, as before.
alter table decision
  drop constraint decision_kind_known,
  add constraint decision_kind_known check (kind in ('voucher', 'purchase', 'approval', 'rejection', 'revocation', 'exit', 'voucher_end', 'price',
    'refusal', 'correction', 'annulment', 'place'));
alter table daycare_proposal
  add offer_office text not null default '',          -- of who offers, printed under the name
  add offer_reasons text not null default '',         -- '' = the usual ones
  add offer_account bigint not null default 0,        -- 0 = offered before decisions were made of offers
  add offer_delegation bigint;                        -- row that gave the power when the place was offered
alter table daycare_proposal add constraint daycare_proposal_delegation foreign key (organiser_id, offer_delegation) references delegation;
grant update (offer_office, offer_reasons, offer_account, offer_delegation) on daycare_proposal to seteli_app;
alter table daycare_application
  add income_at timestamptz,                          -- when staff recorded or refused the income that was told
  add income_by text not null default '',
  add income_outcome text not null default '',
  add income_answer text not null default '',
  add constraint daycare_application_outcome_known check (income_outcome in ('', 'recorded', 'refused')),
  add constraint daycare_application_income_whole check ((income_at is null) = (income_outcome = ''));
grant update (income_at, income_by, income_outcome, income_answer) on daycare_application to seteli_app;
alter table income_item
  add told_kind text not null default '',             -- what it was told in, e.g. an application; its papers are there
  add told_id bigint not null default 0,
  add constraint income_item_told_whole check ((told_kind = '') = (told_id = 0));
