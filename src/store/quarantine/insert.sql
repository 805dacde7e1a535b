-- Inserts refused deliveries, given as one array for each column, and adds them to the usage of
-- their accounts' quarantines.
with inserted as (
    insert into refund_inbox.refused_deliveries (
        delivery_id, received_at, provider, account, reason, peer, path_and_query, headers, body,
        body_sha256, body_bytes, response_status, response_body, kept_bytes
    )
    select
        delivery_id, received_at, provider, account, reason, peer, path_and_query, headers::jsonb,
        body, body_sha256, body_bytes, response_status, response_body, kept_bytes
    from unnest(
        $1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::bytea[], $10::bytea[], $11::integer[], $12::smallint[], $13::text[],
        $14::integer[]
    ) as refused_row (
        delivery_id, received_at, provider, account, reason, peer, path_and_query, headers, body,
        body_sha256, body_bytes, response_status, response_body, kept_bytes
    )
    returning account, kept_bytes
)
insert into refund_inbox.quarantine_usage as usage (account, deliveries, bytes)
select account, count(*), sum(kept_bytes)
from inserted
group by account
-- In one order for all writers, so that two of them cannot deadlock.
order by account
on conflict (account) do update
    set deliveries = usage.deliveries + excluded.deliveries, bytes = usage.bytes + excluded.bytes
