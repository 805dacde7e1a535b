-- Erases the payload and the personal facts of the events of the refund $1, at the time $2, and of what
-- they store of the refund right after them. Derived events have no content of a provider. Returns how
-- many events the refund has.
with erased as (
    update refund_inbox.refund_events
    set payload = case when source = 'derived' then payload else '{}' end,
        receiving_account = null,
        reason = null,
        failure_message = null,
        refund_after =
            nullif(refund_after - '{receiving_account,reason,failure_message}'::text[], '{}'),
        erased_at = coalesce(erased_at, $2)
    where refund_id = $1
    returning 1
)
select count(*) from erased
