-- name: Keep :exec
-- A repeat of the same message shows once, as a real mailbox would show it.
insert into demo_mail (message_id, recipient, subject, body, language, sent_at)
values (@message_id, @recipient, @subject, @body, @language, @sent_at)
on conflict (message_id) do nothing;

-- name: Mailbox :many
select mail_id, message_id, recipient, subject, body, language, sent_at from demo_mail
where (@recipient::text = '' or recipient = @recipient) and (@before_id::bigint = 0 or mail_id < @before_id)
order by mail_id desc limit @batch;
