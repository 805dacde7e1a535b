//! The classes of bodies, by size. Each class has limits of its own.

/// The class of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyClass {
    /// Nearly all real notifications.
    Small,
    /// A few real notifications.
    Medium,
    /// Larger than any real notification that we know of.
    Large,
}

impl BodyClass {
    /// The largest small body, in bytes.
    pub(super) const SMALL: usize = 8 * 1024;

    /// The largest medium body, in bytes.
    pub(super) const MEDIUM: usize = 32 * 1024;

    /// Returns the class of a body of `bytes` bytes.
    pub(super) fn of(bytes: usize) -> Self {
        if bytes <= Self::SMALL {
            Self::Small
        } else if bytes <= Self::MEDIUM {
            Self::Medium
        } else {
            Self::Large
        }
    }
}
