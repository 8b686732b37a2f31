//! A stable colour for each person: the same everywhere and after every reload, without anybody storing it.

use holdline_shared::PersonId;

/// How many colours the style sheet has (`.hue-0` to `.hue-7`).
pub const HUES: u32 = 8;

/// The colour of this person, below [`HUES`].
pub fn hue(person: &PersonId) -> u32 {
    // FNV-1a: ids are short and random, so anything that mixes all bytes will do.
    let mixed = person
        .as_str()
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    (mixed >> 8) % HUES
}

/// What stands in a person's badge: the first letter of the name. The style sheet makes it upper case.
pub fn initial(name: &str) -> String {
    let letter = name.chars().find(|c| c.is_alphanumeric()).or_else(|| name.chars().next());
    letter.map(String::from).unwrap_or_default()
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
        assert!(seen.iter().all(|&n| n > 50), "{seen:?}");
    }

    #[test]
    fn a_badge_has_a_letter() {
        for (name, letter) in [("ada", "a"), ("❤️ Kim", "K"), ("李小龍", "李"), ("❤", "❤")] {
            assert_eq!(initial(name), letter);
        }
    }
}
