//! Look-ups: reads refunds, deliveries and the feed.

mod accounts;
mod deliveries;
mod feed;
mod kept;
mod kept_filter;
mod prefix;
mod refunds;

pub use deliveries::{DeliveryDetail, Dismissed};
pub use feed::{FEED_CHANNEL, Feed, FeedEvent, FeedFilter, FeedPage};
pub use kept::{KeptDelivery, NotWaiting};
pub use kept_filter::KeptFilter;
pub use prefix::IdPrefix;
pub use refunds::RecordedEvent;
