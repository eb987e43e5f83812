-- name: ContentLabels :many
-- Names in the newest version, unit of measure.
select c.content_id, c.unit, v.name_fi, v.name_sv, v.name_en
from content c
join lateral (select x.name_fi, x.name_sv, x.name_en from content_version x where x.organiser_id = c.organiser_id and x.content_id = c.content_id order by x.version desc limit 1) v on true
where c.organiser_id = @organiser_id and c.content_id = any(@ids::bigint[]);

-- name: VoucherLabels :many
select voucher_id, number
from voucher
where organiser_id = @organiser_id and voucher_id = any(@ids::bigint[]);

-- name: PayeeLetter :one
select name, address_line, postcode, city, language
from provider
where provider_id = @provider_id;
