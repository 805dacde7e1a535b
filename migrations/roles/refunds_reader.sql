-- The role through which other services read. It may select from the views of refunds_v1 and do
-- nothing else; a query that runs away is ended, and it cannot take all connections.
--
-- Run at every migration by a user who may create roles; it changes nothing the second time.
-- It has no password: give it one (alter role refunds_reader password '…') or grant it to the
-- login roles of your services.

do $$
begin
    if not exists (select from pg_roles where rolname = 'refunds_reader') then
        create role refunds_reader login noinherit connection limit 50;
        alter role refunds_reader set statement_timeout = '30s';
        alter role refunds_reader set default_transaction_read_only = on;
        alter role refunds_reader set search_path = refunds_v1;
    end if;
exception
    -- Roles belong to the whole server: another database's migration may make it just now.
    when duplicate_object or unique_violation then null;
end
$$;
grant usage on schema refunds_v1 to refunds_reader;
grant select on all tables in schema refunds_v1 to refunds_reader;
