//! CSV as RFC 4180 describes it, for spreadsheets: UTF-8 with a byte order mark, and no cell that a
//! spreadsheet would run as a formula. <https://www.rfc-editor.org/rfc/rfc4180>

use super::printable::printable;

/// The mark by which spreadsheets know that the text is UTF-8. It comes before the first line.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The characters that begin a formula, in the cell of a spreadsheet.
const BEGINS_A_FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The characters of numbers and dates, in the forms that spreadsheets recognize.
const OF_NUMBERS: &str = "0123456789.-/:eE ";

/// What a cell has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// A number, such as an amount.
    Number(&'a str),
    /// A text. If it looks like a number, as many ids do, it is quoted: a spreadsheet that takes
    /// quoted cells as texts then keeps all of its digits.
    Text(&'a str),
}

/// Returns a line of CSV with its line break. Control characters are escaped.
pub fn line<'a>(cells: impl IntoIterator<Item = Cell<'a>>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    cells.join(",") + "\r\n"
}

fn cell(cell: Cell<'_>) -> String {
    let (text, looks_like_a_number) = match cell {
        Cell::Number(text) => (text, false),
        Cell::Text(text) => (text, looks_like_a_number(text)),
    };
    let guard = if text.starts_with(BEGINS_A_FORMULA) { "'" } else { "" };
    let lines: Vec<String> = text.split('\n').map(printable_but_tabs).collect();
    let text = format!("{guard}{}", lines.join("\n"));
    if looks_like_a_number
        || text.contains([',', '"', '\n'])
        || text.starts_with(' ')
        || text.ends_with(' ')
    {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

fn looks_like_a_number(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && text.chars().all(|it| OF_NUMBERS.contains(it))
}

/// Escapes control characters other than tabs, which a cell may have.
fn printable_but_tabs(line: &str) -> String {
    line.split('\t').map(printable).collect::<Vec<_>>().join("\t")
}

#[cfg(test)]
mod tests {
    use super::{Cell, line};

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
            ("0012", "\"0012\""),
            ("42000123456789012345", "\"42000123456789012345\""),
            ("1e5", "\"1e5\""),
            ("2026-01-02", "\"2026-01-02\""),
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
            ("01a2009b-2fa0-7089", "01a2009b-2fa0-7089"),
        ];
        for (text, expected) in cases {
            let line = line([Cell::Text(text), Cell::Number("1")]);
            assert_eq!(line, format!("{expected},1\r\n"), "{text:?}");
        }
        assert_eq!(line([Cell::Number("88.50"), Cell::Number("-5")]), "88.50,'-5\r\n");
    }
}
