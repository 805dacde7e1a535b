//! The filter of reports.

use serde::Serialize;
use utoipa::IntoParams;

use super::{Mistake, Times, Words, require_provider};
use crate::store::ReportQuery;

/// Which refunds to report, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportFilter {
    /// Only this account.
    pub account: Option<String>,
    /// Only this provider.
    pub provider: Option<String>,
    /// Only refunds that were received first at this time or later.
    pub since: Option<String>,
    /// Only refunds that were received first before this time.
    pub until: Option<String>,
    /// Report refunds as they were known at this time.
    pub as_of: Option<String>,
}

impl ReportFilter {
    /// Takes the filter out of the parameters of a URL.
    pub fn take(words: &mut Words) -> Result<Self, Mistake> {
        Ok(Self {
            account: words.text("account")?,
            provider: words.text("provider")?,
            since: words.text("since")?,
            until: words.text("until")?,
            as_of: words.text("as_of")?,
        })
    }

    /// Returns the query.
    pub fn query(&self, times: &Times) -> Result<ReportQuery, Mistake> {
        require_provider(self.provider.as_deref())?;
        Ok(ReportQuery {
            account: self.account.clone(),
            provider: self.provider.clone(),
            since: times.read("since", self.since.as_deref())?,
            until: times.read("until", self.until.as_deref())?,
            as_of: times.read("as_of", self.as_of.as_deref())?,
        })
    }
}
