-- What was received, and what was answered.
--
-- `deliveries` is append-only and partitioned by month, so that old months can be dropped whole.
-- `refused_deliveries` is the pen: bounded for each account, oldest first out. They are two tables
-- because one must never lose a row to eviction and the other must never grow.

create table refund_inbox.deliveries (
    delivery_id     uuid        not null,   -- time-ordered (version 7)
    received_at     timestamptz not null,
    provider        text        not null,
    account         text        not null,
    verdict         text        not null
        check (verdict in ('recorded', 'duplicate', 'ignored', 'unreadable')),
    reason          text,
    key_id          text,                   -- the key that verified it
    signature_form  text,                   -- the reading of the provider's rule that matched
    event_ids       uuid[]      not null default '{}',
    peer            text,
    path_and_query  text        not null,
    headers         jsonb       not null,   -- [[name, value], …] in order, bytes as Latin-1
    body            bytea       not null,
    body_sha256     bytea       not null,
    body_bytes      integer     not null,
    response_status smallint    not null,
    response_body   text        not null,
    replayed_from   uuid,
    primary key (delivery_id, received_at)
) partition by range (received_at);

-- What waits for repair is found without reading what does not.
create index unreadable_deliveries on refund_inbox.deliveries (delivery_id)
    where verdict = 'unreadable';

-- Catches what falls outside of every month, so that a delivery is never refused for want of one.
create table refund_inbox.deliveries_default partition of refund_inbox.deliveries default;

create table refund_inbox.refused_deliveries (
    delivery_id     uuid        not null primary key,
    received_at     timestamptz not null,
    provider        text        not null,
    account         text        not null,
    reason          text        not null,
    peer            text,
    path_and_query  text        not null,
    headers         jsonb       not null,
    body            bytea       not null,
    body_sha256     bytea       not null,
    body_bytes      integer     not null,
    response_status smallint    not null,
    response_body   text        not null,
    replayed_from   uuid,
    kept_bytes      integer     not null    -- body, headers and path, for the pen's limits
);
create index refused_deliveries_by_account on refund_inbox.refused_deliveries (account, delivery_id);

-- Makes the partitions of `months` months from the one of `first` on; those there are stay.
-- A month whose rows already lie in the default partition is left there.
--
-- Made apart and then attached: that lets recording go on, where `create table … partition of`
-- would wait for every reader of deliveries and make every writer wait behind it.
create function refund_inbox.create_delivery_partitions(first date, months integer)
returns integer
language plpgsql
as $$
declare
    month_start timestamp;
    month_end timestamp;
    partition_name text;
    made integer := 0;
begin
    for step in 0 .. months - 1 loop
        month_start := date_trunc('month', first::timestamp) + make_interval(months => step);
        month_end := month_start + interval '1 month';
        partition_name := 'deliveries_' || to_char(month_start, 'YYYY_MM');
        if to_regclass('refund_inbox.' || partition_name) is null
            and not exists (
                select from refund_inbox.deliveries_default
                where received_at >= month_start at time zone 'UTC'
                  and received_at < month_end at time zone 'UTC'
            )
        then
            execute format(
                'create table refund_inbox.%I (like refund_inbox.deliveries including all)',
                partition_name
            );
            execute format(
                'alter table refund_inbox.deliveries attach partition refund_inbox.%I '
                'for values from (%L) to (%L)',
                partition_name,
                month_start at time zone 'UTC',
                month_end at time zone 'UTC'
            );
            made := made + 1;
        end if;
    end loop;
    return made;
end
$$;

-- One row that the readiness check rewrites: ready means that a commit goes through.
create table refund_inbox.commit_probe (
    only_row   boolean     primary key default true check (only_row),
    probed_at  timestamptz not null default now()
);
insert into refund_inbox.commit_probe default values;
