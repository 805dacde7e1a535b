//! What surrounds a page: its head, its navigation and its foot.

use maud::{DOCTYPE, Markup, html};

use super::query;
use crate::access::Caller;

/// The parts of the console, as the navigation names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::console) enum Section {
    /// What waits for a person.
    Attention,
    /// Refunds.
    Refunds,
    /// Deliveries.
    Deliveries,
    /// Accounts.
    Accounts,
    /// The feed.
    Feed,
    /// Reports.
    Reports,
}

impl Section {
    const ALL: [Self; 6] = [
        Self::Attention,
        Self::Refunds,
        Self::Deliveries,
        Self::Accounts,
        Self::Feed,
        Self::Reports,
    ];

    /// Returns its name and its path from the root of the console.
    fn name_and_path(self) -> (&'static str, &'static str) {
        match self {
            Self::Attention => ("Attention", ""),
            Self::Refunds => ("Refunds", "refunds"),
            Self::Deliveries => ("Deliveries", "deliveries"),
            Self::Accounts => ("Accounts", "accounts"),
            Self::Feed => ("Feed", "feed"),
            Self::Reports => ("Reports", "reports"),
        }
    }
}

/// What surrounds a page.
#[derive(Clone, Debug)]
pub(in crate::console) struct Frame {
    /// The way from the page to the root of the console: `./`, `../` and so on.
    pub root: String,
    /// The zone that the reader chose. The script leaves its times alone.
    pub zone: Option<String>,
    who: Option<(String, &'static str)>,
}

impl Frame {
    /// Returns the frame of the page at this path.
    pub(in crate::console) fn new(
        path: &str,
        caller: Option<&Caller>,
        zone: Option<String>,
    ) -> Self {
        let depth = path.matches('/').count().saturating_sub(1);
        let root = if depth == 0 { "./".to_owned() } else { "../".repeat(depth) };
        let who = caller.map(|caller| (caller.name.clone(), caller.role.as_str()));
        Self { root, zone, who }
    }

    /// Returns the whole page.
    pub(in crate::console) fn page(
        &self,
        section: Option<Section>,
        title: &str,
        content: &Markup,
    ) -> Markup {
        let root = self.root.as_str();
        let zone = self.zone.as_deref();
        let of_zone = zone.map(|zone| query::of(&[("zone", zone)])).unwrap_or_default();
        html! {
            (DOCTYPE)
            html lang="en" data-zone=[zone] {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) " · refund-inbox" }
                    link rel="stylesheet" href={ (root) "style.css" };
                    link rel="icon" href={ (root) "icon.svg" };
                    script src={ (root) "console.js" } defer {}
                }
                body {
                    a.skip href="#content" { "Skip to the content" }
                    header {
                        a.name href={ (root) (of_zone) } { "refund-inbox" }
                        nav aria-label="Pages" {
                            @for one in Section::ALL {
                                @let (name, path) = one.name_and_path();
                                @let current = (section == Some(one)).then_some("page");
                                a href={ (root) (path) (of_zone) } aria-current=[current] { (name) }
                            }
                        }
                        form.find action={ (root) "find" } role="search" {
                            @if let Some(zone) = zone {
                                input type="hidden" name="zone" value=(zone);
                            }
                            input type="search" name="number" required aria-label="Find a number"
                                placeholder="Any number of a refund, or an id";
                        }
                    }
                    main id="content" tabindex="-1" { (content) }
                    footer {
                        @if let Some((name, role)) = &self.who {
                            span { (name) " · " (role) }
                        }
                        span { "Times: " span id="zone" { (zone.unwrap_or("UTC")) } }
                        a href={ (root) "api/v1/openapi.json" } { "API" }
                        span { "refund-inbox " (env!("CARGO_PKG_VERSION")) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Frame;

    #[test]
    fn a_page_refers_to_the_root_of_the_console_from_its_own_path() {
        for (path, root) in
            [("/", "./"), ("/refunds", "./"), ("/refunds/1", "../"), ("/a/b/c", "../../")]
        {
            assert_eq!(Frame::new(path, None, None).root, root, "{path}");
        }
    }
}
