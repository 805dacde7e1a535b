-- Returns those of the tokens $2 in the accounts $1 that are claimed, each with its body.
select account, token_sha256, body_sha256
from unnest($1::text[], $2::bytea[]) as wanted (account, token_sha256)
join refund_inbox.used_tokens using (account, token_sha256)
