-- Returns whether something in the month that begins on $1 waits.
select exists (
    select
    from refund_inbox.waiting_deliveries
    where received_at >= $1::date::timestamp at time zone 'UTC'
        and received_at < ($1::date + interval '1 month') at time zone 'UTC'
)
