-- 0062 voucher value (expand): what a value was computed from, a value that follows the price, and values by time of day.
alter table voucher_value
  add fee_cents bigint,                      -- the value follows the price: at most value_cents, and this much less than the price
  add bands jsonb,                           -- value of one unit by band of time; null = value_cents at all times
  add facts jsonb,                           -- what was known of the client when it was computed; null = the value depends on nothing
  add constraint voucher_value_fee_not_negative check (fee_cents >= 0);
