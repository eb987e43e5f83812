-- 0067 income import (expand): income that came from a file or a program waits for a caseworker in the same list as what clients tell,
-- when it changes the value of a voucher. Older programs show such a row as a client's without words.
alter table income_report
  add column origin text not null default 'client',
  add constraint income_report_origin_known check (origin in ('client', 'file', 'api'));
drop policy person_scope on income_report;
create policy person_scope on income_report for select to seteli_app
  using (person_id = current_setting('seteli.person')::bigint and origin = 'client');
