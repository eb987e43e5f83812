-- 0049 posting scope (expand): movements of rights belong to no payee and carry provider 0, which is also the number of a scope
-- that has no provider: without this every organiser could read those of all others.
alter policy provider_scope on posting using (provider_id <> 0 and provider_id = current_setting('seteli.provider')::bigint);
