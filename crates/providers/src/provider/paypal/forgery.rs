//! Another body with the same CRC-32, for the scenario `crc-forged`. It shows why an event that such
//! a signature proves has a low grade.

use crate::crypto::checksum::crc32;

/// How many blanks are added. Each is a space or a tab, and 32 free choices are enough.
const BLANKS: usize = 40;

/// Adds blanks at the end of `body`, so that its CRC-32 is `wanted`. Returns `None` if no choice of
/// blanks has this CRC-32.
///
/// CRC-32 is linear: a tab in place of a space changes the CRC-32 by the same bits, whatever the
/// other blanks are. So the choice is a system of 32 equations over two elements, and elimination
/// solves it.
pub(super) fn with_crc32(body: &str, wanted: u32) -> Option<String> {
    let with_tabs = |is_tab: u64| {
        let blanks = (0..BLANKS).map(|place| if is_tab >> place & 1 == 1 { '\t' } else { ' ' });
        body.chars().chain(blanks).collect::<String>()
    };
    let without_tabs = crc32(with_tabs(0).as_bytes());
    // The changes, each with the tabs that make it, sorted by their highest bit.
    let mut changes: Vec<(u32, u64)> = Vec::new();
    let reduced = |changes: &[(u32, u64)], mut one: (u32, u64)| {
        for change in changes {
            if one.0 ^ change.0 < one.0 {
                one = (one.0 ^ change.0, one.1 ^ change.1);
            }
        }
        one
    };
    for place in 0..BLANKS {
        let tab = 1 << place;
        let change = crc32(with_tabs(tab).as_bytes()) ^ without_tabs;
        let change = reduced(&changes, (change, tab));
        if change.0 != 0 {
            changes.push(change);
            changes.sort_unstable_by(|left, right| right.cmp(left));
        }
    }
    let (left, tabs) = reduced(&changes, (without_tabs ^ wanted, 0));
    (left == 0).then(|| with_tabs(tabs))
}

#[cfg(test)]
mod tests {
    use super::with_crc32;
    use crate::crypto::checksum::crc32;

    #[test]
    fn any_body_can_have_any_checksum() {
        for (body, wanted) in [("", 0), ("{}", 3_494_065_244), ("{\"a\":\"退款\"}", u32::MAX)] {
            let forged = with_crc32(body, wanted).unwrap();
            assert_eq!(crc32(forged.as_bytes()), wanted, "{forged:?}");
            assert_eq!(forged.trim_end(), body);
        }
    }
}
