-- Removes the data keys of the months before the day $1 of which no delivery is left: no month that stays,
-- no refused delivery, and none in no month's partition.
delete from refund_inbox.data_keys as data_key
where month < $1::date
    and not exists (select from refund_inbox.kept_months as kept where kept.month = data_key.month)
    and not exists (
        select from refund_inbox.refused_deliveries
        where received_at >= data_key.month::timestamp at time zone 'UTC'
            and received_at < (data_key.month + interval '1 month') at time zone 'UTC'
    )
    and not exists (
        select from refund_inbox.deliveries
        where received_at >= data_key.month::timestamp at time zone 'UTC'
            and received_at < (data_key.month + interval '1 month') at time zone 'UTC'
    )
