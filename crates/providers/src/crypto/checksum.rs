//! CRC-32, the checksum that some providers sign in place of the body. It finds accidents and stops
//! no forger: anybody can make another body with the same checksum.

/// Returns the CRC-32 of `bytes`, as in zip and in IEEE 802.3.
pub fn crc32(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

#[cfg(test)]
mod tests {
    use super::crc32;

    /// The check value of the catalogue of CRCs (<https://reveng.sourceforge.io/crc-catalogue>), and
    /// the value in PayPal's .NET SDK.
    #[test]
    fn crc32_agrees_with_published_values() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b"test_string"), 0x0967_b587);
        assert_eq!(crc32(b""), 0);
    }
}
