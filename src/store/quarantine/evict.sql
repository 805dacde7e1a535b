-- Deletes the oldest refused deliveries of each of the accounts $1 that is over its limits of $2
-- deliveries or $3 bytes, at most $4 for each account. Returns the number of evicted deliveries, by
-- account.
with over_limit as (
    select account, deliveries - $2 as too_many, bytes - $3 as too_large
    from refund_inbox.quarantine_usage
    where account = any ($1::text[]) and (deliveries > $2 or bytes > $3)
),
to_evict as (
    select over_limit.account, oldest.delivery_id
    from over_limit
    cross join lateral (
        select
            delivery_id,
            row_number() over oldest_first as place,
            sum(kept_bytes) over oldest_first - kept_bytes as bytes_before
        from (
            select delivery_id, kept_bytes
            from refund_inbox.refused_deliveries
            where account = over_limit.account
            order by delivery_id
            limit $4
        ) as batch
        window oldest_first as (order by delivery_id)
    ) as oldest
    where oldest.place <= over_limit.too_many or oldest.bytes_before < over_limit.too_large
),
evicted as (
    delete from refund_inbox.refused_deliveries as quarantined
    using to_evict
    where quarantined.delivery_id = to_evict.delivery_id
    returning quarantined.account, quarantined.kept_bytes
),
freed as (
    select account, count(*) as deliveries, sum(kept_bytes) as bytes from evicted group by account
)
update refund_inbox.quarantine_usage as usage
set deliveries = usage.deliveries - freed.deliveries, bytes = usage.bytes - freed.bytes
from freed
where usage.account = freed.account
returning usage.account, freed.deliveries
