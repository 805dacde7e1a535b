-- Drops the indexes that others replace (`src/store/schema/indexes.rs`): with these, `status` and the
-- gauges read what waits from the index alone, and not a block of the table for each row; a currency
-- that no refund has is found to be missing without reading all refunds; and the planner estimates
-- better how many refunds have a flag.
--
-- No released version has these indexes, so only the databases of developers have something to drop.

drop index if exists refund_inbox.refunds_needing_attention;
drop index if exists refund_inbox.refunds_by_status;
drop index if exists refund_inbox.refunds_provider_ranges;
drop index if exists refund_inbox.refunds_by_flag;
