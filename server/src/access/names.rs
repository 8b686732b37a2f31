//! Names that look alike. Compared by the skeleton of Unicode's security mechanisms (UTS 39), without case, spaces,
//! punctuation and characters that draw nothing by themselves, such as joiners.

use std::sync::LazyLock;

use holdline_shared::is_invisible;
use unicode_security::confusable_detection::skeleton;

/// Names that nobody may take, because programs of the server speak under them.
const RESERVED: [&str; 8] =
    ["holdline", "anonymous", "stdin", "system", "admin", "administrator", "moderator", "deleted person"];

/// The form of a name in which names that look alike are equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Skeleton(String);

impl Skeleton {
    /// The skeletons of a name: of the name without case, and of the name as it is written, because a letter may look like one
    /// in lower case and like another in upper case (Greek nu like `v` and like `N`). Names that share one look alike.
    pub(crate) fn both(name: &str) -> [Self; 2] {
        [Self::of(&lowercase(name)), Self::of(name)]
    }

    /// Makes the skeleton of a text. Each letter is taken through both cases: `I`, `l` and `1` look alike in upper case, `rn`
    /// and `m` in lower case. So `i` falls together with them, too.
    fn of(text: &str) -> Self {
        let alike = |text: &str| -> String { skeleton(text).collect() };
        // Before anything else, because punctuation between the marks of a letter prevents their canonical order.
        let significant: String = text.chars().filter(|&c| may_be_significant(c)).collect();
        let lower = alike(&lowercase(&alike(&significant)));
        let upper = alike(&lower.to_uppercase());
        Self(lowercase(&upper).chars().filter(|&c| is_significant(c)).collect())
    }

    /// Whether it is that of one of the server's own names.
    pub(crate) fn is_reserved(&self) -> bool {
        static SKELETONS: LazyLock<[Skeleton; RESERVED.len()]> = LazyLock::new(|| RESERVED.map(Skeleton::of));
        SKELETONS.contains(self)
    }
}

/// Makes a text lower case, letter by letter: `str` writes a sigma in another way at the end of a word, and where a word ends is
/// none of what tells names apart.
fn lowercase(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}

/// Whether a character, or one that it looks like, tells names apart: `|` looks like a letter, a hyphen does not.
fn may_be_significant(c: char) -> bool {
    !is_invisible(c) && (c.is_alphanumeric() || skeleton(c.encode_utf8(&mut [0; 4])).any(is_significant))
}

/// Whether a character tells names apart: no space, no punctuation of ASCII, and no joiner, tag or choice of a form.
fn is_significant(c: char) -> bool {
    !is_invisible(c) && (c.is_alphanumeric() || !c.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are_alike(one: &str, other: &str) -> bool {
        let other = Skeleton::both(other);
        Skeleton::both(one).iter().any(|skeleton| other.contains(skeleton))
    }

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
            ("Alice", "AIice"),
            ("Alice", "A1ice"),
            ("Bill", "BilI"),
            ("Bill", "B111"),
            ("Adele", "AdeIe"),
            ("Adele", "Ade|e"),
            ("Adele", "Adele\u{FE0F}"),
            ("علی\u{200C}رضا", "علیرضا"),
            ("അനിവര\u{0D4D}\u{200D}", "അനിവര\u{0D4D}"),
            ("ශ\u{0DCA}\u{200D}රී ලංකා", "ශ\u{0DCA}රී ලංකා"),
            ("क\u{094D}\u{200D}ष", "क\u{094D}\u{200C}ष"),
            ("ᠮᠣᠩᠭ\u{180B}ᠣᠯ", "ᠮᠣᠩᠭᠣᠯ"),
            ("👩\u{200D}💻 Kim", "👩💻 Kim"),
            ("🏳\u{FE0F}\u{200D}⚧\u{FE0F}", "🏳⚧"),
            ("🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F} Eng", "🏴 Eng"),
            ("Ian", "lan"),
            ("Ian", "1an"),
            ("IAN", "ian"),
            ("Bob", "B0b"),
            ("Ada", "Ꭺda"),
            ("Nina", "ΝΙΝΑ"),
            ("Weiß", "WEISS"),
            ("José", "JOSE\u{301}"),
        ] {
            assert!(are_alike(one, other), "{one} {other}");
        }
        for (one, other) in
            [("Ada", "Eda"), ("Zoë", "Zoe"), ("李", "王"), ("Kim 1", "Kim 2"), ("Ian", "Ivan"), ("❤", "🧡")]
        {
            assert!(!are_alike(one, other), "{one} {other}");
        }
    }

    #[test]
    fn end_of_a_word_makes_no_other_sigma() {
        for name in ["ΣΑΣΑΣ", "ΣΑΣ ΑΣ", "σας.ας", "σασασ", "ΣαΣας"] {
            assert_eq!(Skeleton::both(name)[0], Skeleton::both("σασας")[0], "{name}");
        }
    }

    #[test]
    fn punctuation_between_marks_does_not_change_their_order() {
        for (one, other) in
            [("a\u{485}\u{345}", "a\u{485}.\u{345}."), ("a\u{327}\u{301}", "a\u{301}.\u{327}")]
        {
            assert_eq!(Skeleton::both(one), Skeleton::both(other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn names_of_the_server_are_reserved() {
        for name in
            ["anonymous", "Anοnymous", "HOLDLINE", "hoIdline", "holdl1ne", "s t d i n", "Admin", "adm1n"]
        {
            assert!(Skeleton::both(name).iter().any(Skeleton::is_reserved), "{name}");
        }
        assert!(!Skeleton::both("Ada").iter().any(Skeleton::is_reserved));
    }
}
