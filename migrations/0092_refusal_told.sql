-- 0092 refusal_told (expand): a line of a change of many vouchers, and of an order of early education, keeps why it was refused with the values
-- of the message: the page then says it in the words that a single refusal has. Rows of older programs have the code alone.
alter table voucher_bulk_line add column refusal_told jsonb;
grant update (refusal_told) on voucher_bulk_line to seteli_app;
alter table daycare_sending_line add column refusal_told jsonb;
grant update (refusal_told) on daycare_sending_line to seteli_app;
