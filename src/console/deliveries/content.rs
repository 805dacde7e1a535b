//! The headers and the body of a delivery, which are hidden until somebody asks for them.

use maud::{Markup, html};

use super::pretty::{indented, pretty, raw};
use crate::access::Permission;
use crate::console::page::text;
use crate::console::visit::Visit;
use crate::query::Mistake;
use crate::store::DeliveryDetail;
use refund_providers::contract::Judgement;

/// How the content is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// With the layout of its form.
    Pretty,
    /// As it arrived.
    Raw,
    /// As we understood it: verified and decrypted, with personal fields masked.
    Decrypted,
}

impl Shown {
    const ALL: [Self; 3] = [Self::Pretty, Self::Raw, Self::Decrypted];

    /// Returns the word in the URL and in the audit.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Pretty => "pretty",
            Self::Raw => "raw",
            Self::Decrypted => "decrypted",
        }
    }

    /// Reads the word in the URL.
    pub(super) fn read(word: Option<&str>) -> Result<Option<Self>, Mistake> {
        let Some(word) = word else { return Ok(None) };
        let found = Self::ALL.into_iter().find(|shown| shown.as_str() == word);
        let known = Self::ALL.map(Self::as_str).join(", ");
        found.map(Some).ok_or_else(|| Mistake::expected("show", &format!("one of {known}"), word))
    }
}

/// Returns the part of the page that shows the content, or offers to.
pub(super) fn content(
    visit: &Visit,
    delivery: &DeliveryDetail,
    shown: Option<Shown>,
    judged: Option<&Judgement>,
) -> Markup {
    let may_see = visit.caller.may(Permission::SeeBodies);
    let id = delivery.summary.text("delivery_id");
    html! {
        section aria-labelledby="content-of" {
            h2 id="content-of" { "Headers and body" }
            @if let Some(at) = delivery.emptied_at {
                p { "They were emptied at " (visit.at(at)) "." }
            } @else if let Some(why) = delivery.locked {
                p { "They cannot be opened: " (why) "." }
            } @else if !may_see {
                p.note { "Hidden: they need the role auditor, and yours is "
                    (visit.caller.role.as_str()) "." }
            } @else {
                p.buttons {
                    @for one in Shown::ALL {
                        a.button aria-current=[(shown == Some(one)).then_some("true")]
                            href=(visit.link(&format!("deliveries/{id}"), &[("show", one.as_str())])) {
                            "Show " (one.as_str())
                        }
                    }
                    a.button href=(visit.link(&format!("deliveries/{id}/body"), &[])) { "Download" }
                    small { "The audit notes each time." }
                }
                @if let Some(shown) = shown { (revealed(delivery, shown, judged)) }
            }
        }
    }
}

fn revealed(delivery: &DeliveryDetail, shown: Shown, judged: Option<&Judgement>) -> Markup {
    html! {
        @match shown {
            Shown::Pretty => { (pretty(&delivery.body)) }
            Shown::Raw => { pre tabindex="0" { (raw(&delivery.body)) } }
            Shown::Decrypted => { (decrypted(judged)) }
        }
        h3 { "Headers" }
        table.plain.pairs {
            tbody {
                tr { th scope="row" { "path" } td { (text(&delivery.path_and_query)) } }
                @for header in delivery.headers.as_array().into_iter().flatten() {
                    @let part = |index: usize| header.get(index).and_then(|it| it.as_str());
                    tr {
                        th scope="row" { (text(part(0).unwrap_or_default())) }
                        // Only a digest is kept of a token or password.
                        td { (text(part(1).unwrap_or("[only a digest is kept]"))) }
                    }
                }
            }
        }
    }
}

fn decrypted(judged: Option<&Judgement>) -> Markup {
    let events = match judged {
        Some(Judgement::Authentic(_, meaning)) => meaning.events(),
        Some(Judgement::Refused(_)) | None => &[],
    };
    html! {
        @if events.is_empty() {
            p { "Today's keys and code read no refund in it." }
        }
        @for event in events { pre tabindex="0" { (indented(event.payload.as_str())) } }
    }
}
