//! Why a delivery has its verdict.

use maud::{Markup, html};

use crate::console::page::text;
use crate::diagnosis::Diagnosis;

/// Shows the diagnosis: what to do, then the steps that led there, which are folded if nothing is to
/// be done.
pub(super) fn why(diagnosis: &Diagnosis, is_settled: bool) -> Markup {
    html! {
        section aria-labelledby="why" {
            h2 id="why" { "Why" }
            p.advice { (text(&diagnosis.advice)) }
            details open[!is_settled] {
                summary { "What was looked at" }
                table.plain.pairs {
                    tbody {
                        @for (name, found) in diagnosis.steps() {
                            tr { th scope="row" { (name) } td { (text(&found)) } }
                        }
                    }
                }
            }
            @if let Some(signed) = &diagnosis.signed_text {
                details {
                    summary { "The signed text" }
                    // It is escaped already.
                    pre tabindex="0" { (signed.text) }
                    p.note {
                        (signed.bytes) " bytes, SHA-256 " code { (signed.sha256) }
                        @if signed.is_shortened { "; the beginning is shown" }
                    }
                }
            }
        }
    }
}
