-- 0095 decision_maker (expand): the last decision of an account is found by itself, because the page of the next one offers the office in
-- which it was made.
create index decision_maker_idx on decision (organiser_id, made_by_account, decision_id);
