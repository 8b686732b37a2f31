//! Names that look alike. Compared by the skeleton of Unicode's security mechanisms (UTS 39), without case, spaces and
//! punctuation.

use std::sync::LazyLock;

use unicode_security::confusable_detection::skeleton;

/// Names that nobody may take, because programs of the server speak under them.
const RESERVED: [&str; 8] =
    ["holdline", "anonymous", "stdin", "system", "admin", "administrator", "moderator", "deleted person"];

/// The form of a name in which names that look alike are equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Skeleton(String);

impl Skeleton {
    /// Makes the skeleton of a name. Lower case comes first and last: `I` and `l` look alike, and so do `RN` and `m` in
    /// lower case.
    pub(crate) fn of(name: &str) -> Self {
        let lower = name.to_lowercase();
        let skeleton: String = skeleton(&lower).collect();
        Self(skeleton.to_lowercase().chars().filter(|c| c.is_alphanumeric() || !c.is_ascii()).collect())
    }

    /// Whether the name is, or looks like, one of the server's own.
    pub(crate) fn is_reserved(&self) -> bool {
        static SKELETONS: LazyLock<[Skeleton; RESERVED.len()]> = LazyLock::new(|| RESERVED.map(Skeleton::of));
        SKELETONS.contains(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_equal() {
        for (one, other) in [
            ("Ada", "ada"),
            ("Ada", "Аdа"),
            ("Ada Lovelace", "ada.lovelace"),
            ("paypal", "pаypаl"),
            ("modem", "modern"),
            ("Ada", "𝐀𝐝𝐚"),
            ("scope", "ѕсоре"),
        ] {
            assert_eq!(Skeleton::of(one), Skeleton::of(other), "{one} {other}");
        }
        for (one, other) in [("Ada", "Eda"), ("Zoë", "Zoe"), ("李", "王"), ("Kim 1", "Kim 2")] {
            assert_ne!(Skeleton::of(one), Skeleton::of(other), "{one} {other}");
        }
    }

    #[test]
    fn names_of_the_server_are_reserved() {
        for name in ["anonymous", "Anοnymous", "HOLDLINE", "s t d i n", "Admin"] {
            assert!(Skeleton::of(name).is_reserved(), "{name}");
        }
        assert!(!Skeleton::of("Ada").is_reserved());
    }
}
