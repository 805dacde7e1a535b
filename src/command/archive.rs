//! Writes a ZIP archive without compression, so that the files in it can be read by everything.
//! <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>

/// The version of the format that archives without compression need: 2.0.
const VERSION: u16 = 20;

/// The bit that says that names are UTF-8.
const UTF_8: u16 = 1 << 11;

/// The first of January 1980, the earliest date of the format. The dates of the content are in the
/// content.
const DATE: u16 = (1 << 5) | 1;

/// An archive under construction.
#[derive(Debug, Default)]
pub(super) struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    files: u16,
}

impl Archive {
    /// Adds a file. Returns false if the archive is full: it holds 65,534 files and 4 GiB.
    #[must_use]
    pub(super) fn add(&mut self, name: &str, content: &[u8]) -> bool {
        let (Ok(size), Ok(offset), Ok(name_length)) = (
            u32::try_from(content.len()),
            u32::try_from(self.bytes.len()),
            u16::try_from(name.len()),
        ) else {
            return false;
        };
        if self.files >= u16::MAX - 1 {
            return false;
        }
        let mut entry = Vec::new();
        for field in [VERSION, UTF_8, 0, 0, DATE] {
            entry.extend(field.to_le_bytes());
        }
        for field in [crc32(content), size, size] {
            entry.extend(field.to_le_bytes());
        }
        entry.extend(name_length.to_le_bytes());
        entry.extend(0_u16.to_le_bytes());
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(&entry);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(content);
        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(VERSION.to_le_bytes());
        self.directory.extend(&entry);
        // No comment, first disk, no attributes.
        self.directory.extend([0; 10]);
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.files += 1;
        true
    }

    /// Returns the bytes of the archive, or `None` if they are too many.
    pub(super) fn finish(mut self) -> Option<Vec<u8>> {
        let offset = u32::try_from(self.bytes.len()).ok()?;
        let size = u32::try_from(self.directory.len()).ok()?;
        self.bytes.extend(&self.directory);
        self.bytes.extend(b"PK\x05\x06\0\0\0\0");
        self.bytes.extend(self.files.to_le_bytes());
        self.bytes.extend(self.files.to_le_bytes());
        self.bytes.extend(size.to_le_bytes());
        self.bytes.extend(offset.to_le_bytes());
        self.bytes.extend([0, 0]);
        Some(self.bytes)
    }
}

/// Returns the CRC-32 of ISO 3309, as the format requires.
fn crc32(content: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in content {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checksum_is_that_of_the_standard() {
        assert_eq!(super::crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(super::crc32(b""), 0);
    }
}
