-- Whether any of the refunds of accounts $1 with keys $2 is stored.
select exists (
    select
    from unnest($1::text[], $2::text[]) as asked (account, refund_key)
    join refund_inbox.refunds using (account, refund_key)
)
