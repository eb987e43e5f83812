-- 0055 purse_terms (expand): the terms of a balance come from the rulebook of its service and are copied when it is granted. What is left at
-- the end returns to the organiser or expires; whole units only: the balance pays no part of a unit. A hold says at which time of day
-- its unit was priced. Older programs write the defaults, which are what they do.
alter table purse add column left_over text not null default 'expires', add column whole_units boolean not null default false;
alter table purse add constraint purse_left_over_known check (left_over in ('expires', 'carries_over', 'returns'));
alter table purse_hold add column band text not null default '';
