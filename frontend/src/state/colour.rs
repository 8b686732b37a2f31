//! A stable colour for each person: the same everywhere and after every reload, without being stored.

use holdline_shared::PersonId;

/// The number of colours in the style sheet (`.hue-0` to `.hue-15`).
pub const HUES: u32 = 16;

/// The colour of this person, below [`HUES`].
pub fn hue(person: &PersonId) -> u32 {
    // FNV-1a: ids are short and random, so anything that mixes all bytes will do.
    let mixed = person
        .as_str()
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (mixed >> 8) % HUES
}

/// The letters in a person's badge: the first letter or digit of the name's first and last words, or the name's first
/// character if it has neither. The style sheet makes them upper case.
pub fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    match (letters.next(), letters.next_back()) {
        (Some(first), last) => [Some(first), last].into_iter().flatten().collect(),
        (None, _) => name.chars().next().map(String::from).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_spread_over_all_colours() {
        let mut seen = [0; HUES as usize];
        for n in 0..800 {
            seen[hue(&format!("person{n}").parse().unwrap()) as usize] += 1;
        }
        assert!(seen.iter().all(|&n| n > 20), "{seen:?}");
    }

    #[test]
    fn badge_has_the_initials() {
        for (name, letters) in
            [("ada", "a"), ("❤️ Kim", "K"), ("李小龍", "李"), ("❤", "❤"), ("Tidy red Falcon", "TF"), ("", "")]
        {
            assert_eq!(initials(name), letters);
        }
    }
}
