-- For each account of $1: when its last accepted delivery arrived, how many deliveries were refused
-- since, and whether it is silent at the time $2. It is silent if nothing was accepted in the last six
-- hours, and ten deliveries or more in the same hours of the last four weeks.
select account, last_accepted, refusals, first_refused, usual
from unnest($1::text[]) as account
cross join lateral (
    select (
        select received_at
        from refund_inbox.deliveries as delivery
        where delivery.account = account.account and received_at <= $2
        order by delivery.received_at desc
        limit 1
    ) as last_accepted
) as accepted
cross join lateral (
    select count(*) as refusals, min(received_at) as first_refused
    from refund_inbox.refused_deliveries as refused
    where refused.account = account.account and reason <> 'signature_probe'
        and (last_accepted is null or refused.received_at > last_accepted)
        and not exists (
            select from refund_inbox.dismissals as dismissal
            where dismissal.delivery_id = refused.delivery_id
        )
) as since_then
cross join lateral (
    select count(*) as usual
    from generate_series(1, 4) as week
    cross join lateral (
        select
        from refund_inbox.deliveries as delivery
        where last_accepted is not null and last_accepted <= $2 - interval '6 hours'
            and delivery.account = account.account
            and delivery.received_at > $2 - week * interval '7 days' - interval '6 hours'
            and delivery.received_at <= $2 - week * interval '7 days'
        order by delivery.received_at desc
        limit 10
    ) as one
) as earlier
order by account
