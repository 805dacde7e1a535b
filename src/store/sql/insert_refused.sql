insert into refund_inbox.refused_deliveries (
    delivery_id, received_at, provider, account, reason, peer, path_and_query, headers, body,
    body_sha256, body_bytes, response_status, response_body, kept_bytes
)
values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12, $13, $14)
