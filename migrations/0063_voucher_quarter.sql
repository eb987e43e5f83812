-- 0063 voucher (expand): amounts that count by the quarter, and vouchers that lapse because nobody answered.
alter table voucher_line drop constraint voucher_line_recurrence_known,
  add constraint voucher_line_recurrence_known check (recurrence in ('day', 'week', 'month', 'quarter', 'total'));
alter table voucher drop constraint voucher_close_known,
  add constraint voucher_close_known check (close_reason in ('ended', 'used_up', 'refused', 'annulled', 'stopped', 'moved', 'lapsed'));
