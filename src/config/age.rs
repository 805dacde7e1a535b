//! Ages, such as `2h` and `3d`.

use time::Duration;

/// Reads an age: numbers with a unit of `s`, `m`, `h`, `d` or `w`, such as `2h` or `1d12h`.
pub fn age(text: &str) -> Option<Duration> {
    let mut age = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|character: char| !character.is_ascii_digit())?;
        let (digits, unit) = rest.split_at_checked(end)?;
        let number: i64 = digits.parse().ok()?;
        let seconds = match unit.chars().next()? {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        age = age.checked_add(Duration::seconds(number.checked_mul(seconds)?))?;
        rest = unit.get(1..)?;
    }
    (!text.is_empty()).then_some(age)
}
