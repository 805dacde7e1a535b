-- Copies the rows that a run has recorded, numbered by delivery, and empties the tables. Works for
-- any columns that the tables have.
create schema load;
create table load.deliveries as
    select row_number() over (order by delivery_id) as place, stored.*
    from refund_inbox.deliveries as stored;
create table load.refund_events as
    select delivery.place, stored.*
    from refund_inbox.refund_events as stored
    join load.deliveries as delivery using (delivery_id);
create table load.refunds as
    select event.place, stored.*
    from refund_inbox.refunds as stored
    join (select refund_id, min(place) as place from load.refund_events group by refund_id)
        as event using (refund_id);
truncate refund_inbox.deliveries, refund_inbox.refunds, refund_inbox.refund_events cascade;
alter table refund_inbox.refund_events
    alter column seq set default nextval('refund_inbox.refund_events_seq');
