-- Recounts every quarantine, sets empty ones to zero, and returns the bytes in all of them. The
-- caller locks the table against writers.
with counted as (
    select account, count(*) as deliveries, sum(kept_bytes)::bigint as bytes
    from refund_inbox.refused_deliveries
    group by account
),
emptied as (
    update refund_inbox.quarantine_usage
    set deliveries = 0, bytes = 0
    where deliveries <> 0 and account not in (select account from counted)
      and account > ''  -- of every account; lets the statement use the index
),
measured as (
    insert into refund_inbox.quarantine_usage as usage (account, deliveries, bytes)
    select account, deliveries, bytes from counted
    on conflict (account) do update
        set deliveries = excluded.deliveries, bytes = excluded.bytes
        where (usage.deliveries, usage.bytes) <> (excluded.deliveries, excluded.bytes)
)
select coalesce(sum(bytes), 0)::bigint from counted
