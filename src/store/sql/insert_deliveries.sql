-- The deliveries of a group; one array for each column.
insert into refund_inbox.deliveries (
    delivery_id, received_at, provider, account, verdict, reason, key_id, signature_form,
    event_ids, peer, path_and_query, headers, body, body_sha256, body_bytes,
    response_status, response_body, replayed_from
)
select
    delivery_id, received_at, provider, account, verdict, reason, key_id, signature_form,
    event_ids::uuid[], peer, path_and_query, headers::jsonb, body, body_sha256, body_bytes,
    response_status, response_body, replayed_from
from unnest(
    $1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::bytea[],
    $15::integer[], $16::smallint[], $17::text[], $18::uuid[]
) as given (
    delivery_id, received_at, provider, account, verdict, reason, key_id, signature_form,
    event_ids, peer, path_and_query, headers, body, body_sha256, body_bytes,
    response_status, response_body, replayed_from
)
