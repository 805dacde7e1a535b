//! Look-ups: reads refunds, deliveries and the feed.

mod accounts;
mod deliveries;
mod feed;
mod kept;
mod refunds;

pub use deliveries::{DeliveryDetail, DeliveryFilter, DeliverySummary};
pub use feed::{FEED_CHANNEL, Feed, FeedEvent, FeedFilter, FeedPage};
pub use kept::{KeptDelivery, KeptFilter, NotWaiting};
pub use refunds::{RecordedEvent, RefundFilter, RefundRow};
