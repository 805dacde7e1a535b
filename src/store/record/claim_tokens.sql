-- Claims the tokens $2 in the accounts $1 for the bodies $3, received at $4, and returns the body for
-- which each was claimed first. If another transaction is claiming one of them, this statement waits
-- for it.
insert into refund_inbox.used_tokens as used (
    account, token_sha256, body_sha256, first_received_at
)
select account, token_sha256, body_sha256, first_received_at
from unnest($1::text[], $2::bytea[], $3::bytea[], $4::timestamptz[])
    as claim (account, token_sha256, body_sha256, first_received_at)
-- In one order for all groups, so that two of them cannot deadlock.
order by account, token_sha256
-- Changes nothing, but returns a row that this statement's snapshot may not see.
on conflict (account, token_sha256) do update set body_sha256 = used.body_sha256
returning account, token_sha256, body_sha256
