//! `refunds show`: prints the whole story of a refund.

use super::list::tone;
use crate::command::Failure;
use crate::command::list::money;
use crate::command::terminal::output;
use crate::command::terminal::table::{Cell, Table, TableColumn};
use crate::command::terminal::times::Times;
use crate::rendering::with_story;
use crate::store::{Listed, Note, Noted, Resolved, Row, Story};
use refund_providers::refund::Flag;
use refund_providers::refund::money::in_major_units;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The columns that the headline, the flags and the timeline show already.
const SHOWN: [&str; 16] = [
    "provider",
    "account",
    "status",
    "provider_status",
    "conflicting",
    "needs_attention",
    "amount_minor",
    "currency",
    "currency_exponent",
    "flags",
    "first_received_at",
    "last_received_at",
    "updated_at",
    "delivery_count",
    "event_count",
    "last_seq",
];

/// Prints the story of a refund.
pub(super) fn show(
    refund: &Row,
    story: &Story,
    as_json: bool,
    times: &Times,
) -> Result<(), Failure> {
    if as_json {
        return output::json(&with_story(refund, story));
    }
    output::paragraph(&headline(refund), 0)?;
    for flag in refund.texts("flags") {
        let sentence = Flag::from_word(flag).map_or("", Flag::sentence);
        output::paragraph(&format!("{flag}: {sentence}"), 2)?;
    }
    output::line("")?;
    output::show(facts(refund, times))?;
    output::line("")?;
    output::show(timeline(story, times))?;
    output::line("")
}

fn headline(refund: &Row) -> String {
    let amount = money(refund).unwrap_or_else(|| "an unknown amount".to_owned());
    let mut line = format!(
        "{amount}, refund {} of {} ({}): {}",
        refund.text("merchant_refund_id"),
        refund.text("account"),
        refund.text("provider"),
        refund.text("status"),
    );
    if refund.is("conflicting") {
        line.push_str(", CONFLICTING: the provider reported different final statuses");
    }
    if refund.is("needs_attention") {
        line.push_str(", needs attention");
    }
    line
}

/// Returns the columns that have a value and are not shown elsewhere.
fn facts(refund: &Row, times: &Times) -> Table {
    let mut table = Table::new([TableColumn::text("column"), TableColumn::text("value")]);
    for column in Listed::Refunds.columns() {
        if SHOWN.contains(&column.name) {
            continue;
        }
        let texts = refund.texts(column.name);
        let value = match refund.plain(column.name) {
            None => continue,
            Some(value) if value == "[]" => continue,
            Some(_) if column.name.ends_with("_minor") => {
                if let Some((name, amount)) = in_major(refund, column.name) {
                    table.row([name.into(), amount.into()]);
                }
                continue;
            }
            Some(_) if !texts.is_empty() => texts.join(" "),
            Some(value) if column.name.ends_with("_at") => times.show_text(&value),
            Some(value) => value,
        };
        table.row([column.name.into(), value.into()]);
    }
    table
}

/// Returns the name of an amount, and the amount as people write it.
fn in_major<'n>(refund: &Row, name: &'n str) -> Option<(&'n str, String)> {
    let exponent = u8::try_from(refund.integer("currency_exponent")?).ok()?;
    let amount = in_major_units(refund.integer(name)?, exponent);
    Some((name.trim_end_matches("_minor"), format!("{amount} {}", refund.text("currency"))))
}

/// Returns all that happened, in the order of time.
fn timeline(story: &Story, times: &Times) -> Table {
    let mut table = Table::new([
        TableColumn::time("time"),
        TableColumn::text("what"),
        TableColumn::text("is"),
        TableColumn::text("why").below(2),
        TableColumn::number("amount"),
        TableColumn::text("our answer"),
        TableColumn::number("after"),
        TableColumn::text("body").droppable(3),
        TableColumn::id("delivery").droppable(1),
    ]);
    let mut rows: Vec<(String, u8, Vec<Cell>)> = Vec::new();
    for delivery in &story.deliveries {
        let at = delivery.text("received_at");
        rows.push((at.to_owned(), 0, of_delivery(delivery, times)));
    }
    for event in &story.events {
        let at = event.text("received_at");
        rows.push((at.to_owned(), 1, of_event(event, times)));
    }
    for Resolved { at, who, note } in &story.resolutions {
        let cells = vec![
            times.show(*at).into(),
            "resolved".into(),
            format!("by {who}").into(),
            note.into(),
        ];
        rows.push((Times::utc(*at), 2, cells));
    }
    for note in &story.notes {
        rows.push((Times::utc(note.at), 2, of_note(note, times)));
    }
    rows.sort_by_key(|(at, order, _)| (instant(at), *order));
    for (_, _, cells) in rows {
        table.row(cells);
    }
    table
}

fn of_note(note: &Note, times: &Times) -> Vec<Cell> {
    let mut cells = vec![
        times.show(note.at).into(),
        "note".into(),
        format!("by {}", note.who).into(),
        note.note.as_str().into(),
    ];
    if let Noted::Delivery(id) = note.about {
        cells.extend(["".into(), "".into(), "".into(), id.to_string().into()]);
    }
    cells
}

fn of_delivery(delivery: &Row, times: &Times) -> Vec<Cell> {
    let (answer, body) = match delivery.has("replayed_from") {
        true => ("none: a replay".to_owned(), String::new()),
        false => (
            delivery.plain("response_status").unwrap_or_default(),
            shortened(delivery.text("response_body")),
        ),
    };
    let key = match delivery.text("key_id") {
        "" => String::new(),
        key => format!("key {key}"),
    };
    vec![
        times.show_text(delivery.text("received_at")).into(),
        "delivery".into(),
        delivery.text("verdict").into(),
        [delivery.text("reason"), &key].join(" ").trim().into(),
        "".into(),
        answer.into(),
        recorded_after(delivery).unwrap_or_default().into(),
        body.into(),
        delivery.text("delivery_id").into(),
    ]
}

/// Returns how long after its receipt a delivery was recorded. The answer follows at once, except
/// that a refusal is answered first. Replays have no answer, and old deliveries no such time.
fn recorded_after(delivery: &Row) -> Option<String> {
    if delivery.has("replayed_from") {
        return None;
    }
    let took = instant(delivery.text("recorded_at"))? - instant(delivery.text("received_at"))?;
    (took >= time::Duration::ZERO).then(|| format!("{} ms", took.whole_milliseconds()))
}

fn of_event(event: &Row, times: &Times) -> Vec<Cell> {
    let what = match event.text("source") {
        "derived" => "derived event",
        _ => "event",
    };
    let occurred = match event.plain("occurred_at") {
        Some(at) => format!(", at {}", times.show_text(&at)),
        None => String::new(),
    };
    vec![
        times.show_text(event.text("received_at")).into(),
        what.into(),
        Cell::toned(event.text("status"), tone(event.text("status"))),
        format!("{} ({}{occurred})", event.text("provider_status"), event.text("effect")).into(),
        money(event).unwrap_or("–".to_owned()).into(),
        "".into(),
        "".into(),
        "".into(),
        event.text("delivery_id").into(),
    ]
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 24;
    let short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

fn instant(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}
