-- Counts the refunds that are open at the time $1, by account, status and age. The second condition
-- is that of the index.
select account, status, age, count(*) as count
from refund_inbox.refunds
cross join lateral (
    select case
        when first_received_at > $1 - interval '1 day' then '0-1d'
        when first_received_at > $1 - interval '3 days' then '1-3d'
        when first_received_at > $1 - interval '7 days' then '3-7d'
        when first_received_at > $1 - interval '30 days' then '7-30d'
        else '30d+'
    end as age
) as aged
where status = any (array['unknown', 'pending', 'requires_action']) and status <> 'succeeded'
group by account, status, age
