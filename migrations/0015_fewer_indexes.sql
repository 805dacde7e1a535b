-- Drops the indexes of lists that others replace (`src/store/schema/indexes.rs`): every delivery paid
-- for an entry in each of them.
--
-- No released version has these indexes, so only the databases of developers have something to drop.

drop index if exists refund_inbox.refund_events_by_account;
drop index if exists refund_inbox.refunds_by_first_received_at;
drop index if exists refund_inbox.refunds_by_provider;
drop index if exists refund_inbox.refunds_by_updated_at;
drop index if exists refund_inbox.refunds_by_completed_at;
drop index if exists refund_inbox.deliveries_by_received_at;
drop index if exists refund_inbox.deliveries_by_account;
drop index if exists refund_inbox.deliveries_by_provider;
drop index if exists refund_inbox.deliveries_by_key;
drop index if exists refund_inbox.deliveries_by_client;
drop index if exists refund_inbox.deliveries_by_event;
