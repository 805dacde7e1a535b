-- The single-use tokens of recorded deliveries, such as PayPal's transmission ids, each with the body
-- that it came with first. A delivery whose token came with another body is refused.
--
-- The rows stay: a refused delivery may be replayed at any later time. Instances of the previous
-- version keep working while this runs and afterwards. They write no tokens.

create table refund_inbox.used_tokens (
    account           text        not null,
    token_sha256      bytea       not null,  -- as long for every token, and not the token itself
    body_sha256       bytea       not null,
    first_received_at timestamptz not null,
    primary key (account, token_sha256)
);

comment on table refund_inbox.used_tokens is
    'The single-use tokens of deliveries, each with the digest of the one body that it may have.';
