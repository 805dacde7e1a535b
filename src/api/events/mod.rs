//! The feed: pages of events, a long poll, and a stream.

mod page;
mod stream;

pub(super) use page::{__path_page, page};
pub(super) use stream::{__path_stream, stream};
