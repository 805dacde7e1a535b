-- Returns how many bytes of the log each logical replication slot of this database holds: what its
-- reader has not confirmed, or still needs. A slot that has lost its log counts on.
select slot_name::text as slot,
    pg_wal_lsn_diff(
        case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end,
        least(restart_lsn, confirmed_flush_lsn)
    )::bigint as lag
from pg_replication_slots
where database = current_database() and least(restart_lsn, confirmed_flush_lsn) is not null
order by 1
