-- Returns what waits for a person in the database, by kind, account and currency. $1: the accounts
-- with an alarm for open refunds, $2: the time before which an open refund waits, for each of them.
with kept as (
    select 'unreadable' as verdict, delivery_id, account, reason, received_at
    from refund_inbox.deliveries
    where verdict = 'unreadable' and emptied_at is null
    union all
    select 'refused', delivery_id, account, reason, received_at
    from refund_inbox.refused_deliveries
    -- A provider sends these on purpose.
    where reason <> 'signature_probe' and emptied_at is null
),
waiting as (
    select case when reason = 'undecryptable' then reason else verdict end as kind, account,
        case when verdict = 'refused' then reason end as reason, received_at
    from kept
    where not exists (
            select from refund_inbox.replays as replay
            where replay.replayed_from = kept.delivery_id
        )
        and not exists (
            select from refund_inbox.dismissals as dismissal
            where dismissal.delivery_id = kept.delivery_id
        )
),
attention as (
    select
        case
            when conflicting then 'conflicting'
            when status = 'unknown' then 'unknown_status'
            else 'attention'
        end as kind,
        account, currency, currency_exponent, amount_minor, first_received_at
    from refund_inbox.refunds
    where needs_attention and (resolved_seq is null or last_seq > resolved_seq)
),
pending as (
    select 'pending' as kind, refund.account, currency, currency_exponent, amount_minor,
        first_received_at
    from unnest($1::text[], $2::timestamptz[]) as alarm (account, before)
    cross join unnest(array['pending', 'requires_action']) as open (status)
    cross join lateral (
        select account, currency, currency_exponent, amount_minor, first_received_at
        from refund_inbox.refunds as refund
        where refund.status = open.status and refund.status <> 'succeeded'
            and refund.first_received_at < alarm.before and refund.account = alarm.account
            and (resolved_seq is null or last_seq > resolved_seq)
        -- Keeps the planner from reading all open refunds first, even if no account has an alarm.
        offset 0
    ) as refund
)
select kind, account, reason, count(*) as count, min(received_at) as oldest,
    max(received_at) as newest, null::bigint as amount_minor, null::text as currency,
    null::smallint as currency_exponent
from waiting
group by kind, account, reason
union all
select kind, account, null, count(*), min(first_received_at), max(first_received_at),
    sum(amount_minor)::bigint, currency, currency_exponent
from (select * from attention union all select * from pending) as refunds
group by kind, account, currency, currency_exponent
order by 1, 2, 3, 8
