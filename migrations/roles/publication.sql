-- The publication from which an engine of change data capture, or another Postgres, copies refunds, and
-- the role with which it connects. docs/change-data-capture.md has its settings.
--
-- Run by an administrator of the server (a superuser; on a managed server the user that may grant
-- replication), after the migrations; it changes nothing the second time. The server needs
-- wal_level = logical. The role has no password: give it one, and let pg_hba.conf admit it.

do $$
begin
    if not exists (select from pg_publication where pubname = 'refunds_v1') then
        create publication refunds_v1 for table
            refund_inbox.refund_events,  -- the feed: in the order of seq
            refund_inbox.refunds,        -- the current state
            refund_inbox.resolutions;    -- who has looked at a refund
    end if;
    if not exists (select from pg_roles where rolname = 'refunds_replication') then
        create role refunds_replication login noinherit replication connection limit 10;
    end if;
end
$$;
-- The first copy reads the tables; what comes later comes from the log.
grant usage on schema refund_inbox to refunds_replication;
grant select on refund_inbox.refund_events, refund_inbox.refunds, refund_inbox.resolutions
    to refunds_replication;
