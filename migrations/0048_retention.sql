-- 0048 retention (expand): answers to requests and messages that have left end after their time, so that neither table grows
-- for ever. These two are the only tables from which the program deletes by age; what they were about stays in its own facts.
-- The restrictive policies are the floor: whatever the program asks for, the last 30 days and every message that has not left
-- stay. Organiser 0 is the national scope.
grant delete on once_key, outbox to seteli_app;
create policy old_only on once_key as restrictive for delete to seteli_app
  using (created_at < now() - interval '30 days');
create policy left_and_old_only on outbox as restrictive for delete to seteli_app
  using (sent_at is not null and sent_at < now() - interval '30 days');
