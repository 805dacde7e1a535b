//! Look-ups: reads refunds, deliveries and the feed.

mod accounts;
mod deliveries;
mod feed;
mod kept;
mod prefix;
mod refunds;

pub use deliveries::DeliveryDetail;
pub use feed::{FEED_CHANNEL, Feed, FeedEvent, FeedFilter, FeedPage};
pub use kept::{KeptDelivery, KeptFilter, NotWaiting};
pub use prefix::IdPrefix;
pub use refunds::RecordedEvent;
