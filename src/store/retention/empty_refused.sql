-- Empties up to $2 refused deliveries that were received before $1, at the time $3. Returns how many.
-- The quarantine may evict a refused delivery at any time, so one that waits is emptied too.
with due as materialized (
    select delivery_id
    from refund_inbox.refused_deliveries
    where received_at < $1 and emptied_at is null
    order by received_at, delivery_id
    limit $2
),
emptied as (
    update refund_inbox.refused_deliveries as refused
    set headers = '[]', body = '', kept_bytes = octet_length(path_and_query), emptied_at = $3
    from due
    where refused.delivery_id = due.delivery_id
    returning 1
)
select count(*) from emptied
