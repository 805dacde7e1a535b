//! CSV as RFC 4180 describes it, for spreadsheets: UTF-8 with a byte order mark, and no cell that a
//! spreadsheet would run as a formula. <https://www.rfc-editor.org/rfc/rfc4180>

use super::printable::printable;

/// The mark by which spreadsheets know that the text is UTF-8. It comes before the first line.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The characters that begin a formula, in the cell of a spreadsheet.
const BEGINS_A_FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Returns a line of CSV with its line break. Control characters are escaped.
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    cells.join(",") + "\r\n"
}

fn cell(text: &str) -> String {
    let guard = if text.starts_with(BEGINS_A_FORMULA) { "'" } else { "" };
    let lines: Vec<String> = text.split('\n').map(printable_but_tabs).collect();
    let text = format!("{guard}{}", lines.join("\n"));
    if text.contains([',', '"', '\n']) || text.starts_with(' ') || text.ends_with(' ') {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

/// Escapes control characters other than tabs, which a cell may have.
fn printable_but_tabs(line: &str) -> String {
    line.split('\t').map(printable).collect::<Vec<_>>().join("\t")
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_cell_is_quoted_if_it_must_be_and_is_never_a_formula() {
        let cases = [
            ("plain", "plain"),
            ("", ""),
            ("a,b", "\"a,b\""),
            ("say \"so\"", "\"say \"\"so\"\"\""),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-88.50", "'-88.50"),
            ("@sum", "'@sum"),
            ("=\"x\"", "\"'=\"\"x\"\"\""),
            ("\tx", "'\tx"),
            ("\rx", "'\\rx"),
            ("two\nlines", "\"two\nlines\""),
            ("\u{1b}[31m", "\\u{1b}[31m"),
            ("退款", "退款"),
        ];
        for (text, expected) in cases {
            assert_eq!(line([text, "end"]), format!("{expected},end\r\n"), "{text:?}");
        }
    }
}
