-- 0030 overlap (expand): periods of one kind for one thing never overlap. The use cases hold it too, under the lock of the parent row:
-- where a database has no exclusion constraints this file is left out and that check stands alone.
-- needs: gist
alter table price add constraint price_no_overlap exclude using gist (
  organiser_id with =, unit_id with =, content_id with =, daterange(valid_from, valid_to) with &&) where (state = 'approved');
-- needs: gist
alter table approval add constraint approval_no_overlap exclude using gist (
  organiser_id with =, service_id with =, unit_id with =, daterange(valid_from, valid_to) with &&);
-- needs: gist
alter table voucher_value add constraint voucher_value_no_overlap exclude using gist (
  organiser_id with =, line_id with =, daterange(valid_from, valid_to) with &&);
-- needs: gist
alter table voucher_pause add constraint voucher_pause_no_overlap exclude using gist (
  organiser_id with =, voucher_id with =, daterange(pause_from, pause_to) with &&);
-- needs: gist
alter table reservation add constraint reservation_no_overlap exclude using gist (
  organiser_id with =, line_id with =, provider_id with =, daterange(valid_from, valid_to) with &&) where (state = 'valid');
-- needs: gist
alter table organiser_municipality add constraint organiser_municipality_no_overlap exclude using gist (
  municipality with =, organiser_id with =, daterange(valid_from, valid_to) with &&);
