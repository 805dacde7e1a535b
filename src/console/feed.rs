//! The feed: the newest events. The script follows it live; without script, a link reads on.

use axum::extract::State;
use axum::response::Html;
use maud::{Markup, html};

use super::page::{Failed, Section, account_names, amount, choice, mark, text};
use super::visit::Visit;
use crate::api::{Problem, require_known};
use crate::operator::Operator;
use crate::query::Mistake;
use crate::store::{FeedEvent, FeedFilter, Row};

/// The events of a page.
const EVENTS: u32 = 50;

/// Shows the newest events, or those after a position.
pub(super) async fn page(
    State(operator): State<Operator>,
    mut visit: Visit,
) -> Result<Html<String>, Failed> {
    let account = visit.words.text("account")?;
    let after = visit.words.text("after")?;
    visit.finish()?;
    require_known(&operator, account.as_deref())?;
    let after = match after.as_deref() {
        None => newest(&operator, account.clone()).await?,
        Some(text) => {
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            let seq = text.parse().ok().filter(|_| is_number);
            seq.ok_or_else(|| Mistake::expected("after", "the seq of an event, or 0", text))?
        }
    };
    let filter = FeedFilter { after, account: account.clone() };
    // One more than the newest page has, so that this page is known to end the feed.
    let (read, last) = operator.readers.feed_page(&filter, EVENTS + 1).await?;
    let mut rows = read.events.iter().map(row).collect::<Result<Vec<_>, Failed>>()?;
    rows.reverse();
    let names = account_names(&operator);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (text, earlier) = (last.to_string(), after.saturating_sub(EVENTS.into()).to_string());
    let of_account = account.as_deref().map(|account| ("account", account));
    let position = |after| {
        let parameters: Vec<_> = [("after", after)].into_iter().chain(of_account).collect();
        visit.link("feed", &parameters)
    };
    let stream = [("after", text.as_str())].into_iter().chain(of_account).collect::<Vec<_>>();
    let stream =
        format!("{}api/v1/events/stream{}", visit.frame.root, super::page::query::of(&stream));
    let content = html! {
        h1 { "Feed" }
        form.filters method="get" {
            (choice("account", "Account", account.as_ref(), &names))
            div.buttons { button type="submit" { "Show" } }
        }
        p.live {
            span id="live" role="status" { "The newest events, the newest first." } " "
            a id="on" href=(position(&text)) { "Read on after " (text) }
        }
        div id="feed" data-stream=[read.is_last.then_some(&stream)] data-root=(visit.frame.root) {
            (table(&visit, &rows))
        }
        nav.pages aria-label="Pages of the feed" {
            @if after > 0 { a href=(position(&earlier)) { "Earlier" } }
            a href=(visit.link("feed", &of_account.into_iter().collect::<Vec<_>>())) { "Newest" }
        }
    };
    Ok(Html(visit.page(Section::Feed, "Feed", &content).into_string()))
}

/// Returns the position before the newest events.
async fn newest(operator: &Operator, account: Option<String>) -> Result<i64, Failed> {
    let mut feed = operator.readers.feed(FeedFilter { after: 0, account });
    Ok(feed.before_last(EVENTS.into()).await?)
}

fn row(event: &FeedEvent) -> Result<Row, Failed> {
    serde_json::from_str(&event.line).map(Row).map_err(|_| Problem::bug().into())
}

fn table(visit: &Visit, rows: &[Row]) -> Markup {
    html! {
        table.list.feed {
            thead { tr {
                th.what scope="col" { "refund" } th.money scope="col" { "amount" }
                th.status scope="col" { "status" } th.account scope="col" { "account" }
                th.when scope="col" { "received" } th.note scope="col" { "effect" }
                th.order scope="col" { "seq" }
            } }
            tbody {
                @for row in rows {
                    @let link = format!("refunds/{}", row.text("refund_id"));
                    tr {
                        td.what { a href=(visit.link(&link, &[])) { (text(row.text("merchant_refund_id"))) } }
                        td.money { (amount(row)) }
                        td.status { (mark(row.text("status"))) }
                        td.account { (row.text("account")) " " small { (row.text("provider")) } }
                        td.when { (visit.time(row.text("received_at"))) }
                        td.note {
                            (row.text("effect")) @if row.text("source") == "derived" { ", derived" }
                        }
                        td.order { (row.integer("seq").unwrap_or_default()) }
                    }
                }
            }
        }
        @if rows.is_empty() { p.empty { "No events here." } }
    }
}
