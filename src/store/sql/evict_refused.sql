-- Drops what is over the limits of the accounts $1, oldest first: beyond the newest $2 deliveries,
-- or where the newer ones already fill $3 bytes.
delete from refund_inbox.refused_deliveries as penned
using (
    select
        delivery_id,
        row_number() over newest_first as place,
        sum(kept_bytes) over newest_first as bytes
    from refund_inbox.refused_deliveries
    where account = any ($1::text[])
    window newest_first as (partition by account order by delivery_id desc)
) as ranked
where penned.delivery_id = ranked.delivery_id and (ranked.place > $2 or ranked.bytes > $3)
