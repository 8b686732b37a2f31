//! Invented nicknames for people who have not chosen one: a friendly quality and an animal.

use holdline_shared::Nickname;

use crate::random;

const QUALITIES: [&str; 32] = [
    "Amber", "Bold", "Brave", "Bright", "Calm", "Cheerful", "Clever", "Cosy", "Curious", "Eager", "Gentle",
    "Golden", "Happy", "Jolly", "Keen", "Kind", "Lively", "Lucky", "Mellow", "Merry", "Nimble", "Patient",
    "Plucky", "Quick", "Quiet", "Silver", "Sunny", "Swift", "Tidy", "Warm", "Wise", "Witty",
];

const ANIMALS: [&str; 32] = [
    "Badger", "Beaver", "Bison", "Crane", "Curlew", "Dolphin", "Falcon", "Ferret", "Finch", "Fox", "Gecko",
    "Hare", "Hedgehog", "Heron", "Ibex", "Kestrel", "Koala", "Lark", "Lynx", "Marmot", "Marten", "Newt",
    "Otter", "Owl", "Panda", "Puffin", "Robin", "Seal", "Swan", "Tapir", "Wombat", "Wren",
];

/// Returns one of 1,024 nicknames.
pub(crate) fn make_up() -> Nickname {
    let [a, b] = random::bytes();
    let name = format!("{} {}", QUALITIES[usize::from(a % 32)], ANIMALS[usize::from(b % 32)]);
    // The test below validates all of them.
    Nickname::parse(&name).unwrap_or_else(|_| unreachable!())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_invented_names_are_valid() {
        for quality in QUALITIES {
            for animal in ANIMALS {
                assert!(Nickname::parse(&format!("{quality} {animal}")).is_ok());
            }
        }
    }
}
