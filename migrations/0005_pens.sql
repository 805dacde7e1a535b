-- How full the pen of each account is, so that writing into a full one need not read all of it.
--
-- Kept beside every insert and eviction, in the same transaction; its row is also what two writers
-- into one account's pen wait for. Counted anew by upkeep: an older program does not keep it, and a
-- person may remove what is in the pen.

create table refund_inbox.pens (
    account     text    not null primary key,
    deliveries  bigint  not null,
    bytes       bigint  not null    -- of refused_deliveries.kept_bytes
);

insert into refund_inbox.pens (account, deliveries, bytes)
select account, count(*), sum(kept_bytes)
from refund_inbox.refused_deliveries
group by account;
