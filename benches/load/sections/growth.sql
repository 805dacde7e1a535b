-- Prepares the bulk load of refunds: copies rows that the service itself has recorded as templates,
-- and defines what is new in each variation.
create schema load;
create table load.refund_events as
    select
        row_number() over (order by seq) - 1 as place,
        substr(merchant_refund_id, length('refund-') + 1) as serial,
        stored.*
    from refund_inbox.refund_events as stored
    order by seq
    limit 1000;
create table load.deliveries as
    select event.place, stored.*
    from refund_inbox.deliveries as stored
    join load.refund_events as event using (delivery_id);
create table load.refunds as
    select event.place, event.serial, stored.*
    from refund_inbox.refunds as stored
    join load.refund_events as event using (refund_id);
analyze load.refund_events, load.deliveries, load.refunds;
select refund_inbox.create_delivery_partitions((now() - interval '2 months')::date, 2);
-- Ids sort by time, as the service's own ids do. The numbers of merchants are in sequence or in no
-- order.
create function load.variations(
    first bigint, last bigint, of_first bigint, of_last bigint, until timestamptz,
    is_sequential boolean
)
returns table (
    number bigint, at timestamptz, refund_id uuid, delivery_id uuid, event_id uuid, serial text
)
language sql
as $$
    select
        number,
        at,
        (time || '7' || substr(random, 1, 3) || '8' || substr(random, 4, 15))::uuid,
        (time || '7' || substr(random, 2, 3) || '9' || substr(random, 5, 15))::uuid,
        (time || '7' || substr(random, 3, 3) || 'a' || substr(random, 6, 15))::uuid,
        case when is_sequential then lpad(to_hex(number), 16, '0') else substr(random, 1, 16) end
    from generate_series(first, last) as number
    cross join lateral (
        select
            until - interval '60 days'
                * ((of_last - number)::float8 / (of_last - of_first)) as at
    ) as moment
    cross join lateral (
        select
            lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') as time,
            md5(number::text) as random
    ) as digits
$$;
