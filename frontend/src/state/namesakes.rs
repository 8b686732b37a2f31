//! People whose names look the same. Each of them has a sign beside the name: the end of their id, which is the same
//! for everybody and after every reload.

use std::rc::Rc;

use holdline_shared::{History, Nickname, Person, PersonId, is_invisible};
use litemap::LiteMap;

use super::is_somebody;

/// The number of characters of an id that are its sign.
const SIGN: usize = 4;

/// The people who share the look of their name with another person whom the page has met.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Namesakes(Rc<Vec<PersonId>>);

impl Namesakes {
    /// The sign of a person, if the name alone does not tell who that is.
    pub fn sign(&self, person: &PersonId) -> Option<String> {
        let id = self.0.iter().find(|id| *id == person)?.as_str();
        let end = id.get(id.len().saturating_sub(SIGN)..).unwrap_or(id);
        Some(format!("·{end}"))
    }

    fn add(&mut self, person: &PersonId) {
        if !self.0.contains(person) {
            Rc::make_mut(&mut self.0).push(person.clone());
        }
    }
}

/// The names of the people whom the page has met since it was opened: those who were present, whose messages were loaded
/// or who stood in a list. Nobody is taken out, so that signs do not come and go.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// The people who share the look of their name.
    pub namesakes: Namesakes,
    /// The last name of each person, with its look.
    last: Rc<LiteMap<PersonId, (Nickname, String)>>,
}

impl Names {
    /// Notes a person.
    pub fn note(&mut self, person: &Person) {
        let Person { id, name } = person;
        if self.last.get(id).is_some_and(|(last, _)| last == name) || !is_somebody(person) {
            return;
        }
        let look = look(name.as_str());
        for (other, _) in self.last.iter().filter(|(other, (_, last))| *other != id && *last == look) {
            self.namesakes.add(other);
            self.namesakes.add(id);
        }
        Rc::make_mut(&mut self.last).insert(id.clone(), (name.clone(), look));
    }

    /// The last name of a person whom the page has met.
    pub fn last_of(&self, person: &PersonId) -> Option<&Nickname> {
        self.last.get(person).map(|(name, _)| name)
    }

    /// Notes a person in a list. A list may show an earlier name.
    pub(super) fn note_listed(&mut self, person: &Person) {
        if !self.last.contains_key(&person.id) {
            self.note(person);
        }
    }

    /// Notes the authors of messages.
    pub fn note_authors(&mut self, page: &History) {
        for message in &page.messages {
            self.note(&message.author);
        }
    }
}

/// The form of a name in which names that look the same are equal: without case, spaces and punctuation, and with Latin
/// letters for those that look like them. Covers the letters that keyboards have. The server covers all of Unicode
/// (`access/names.rs`), by tables that are too heavy for a page.
fn look(name: &str) -> String {
    let is_significant = |c: &char| !is_invisible(*c) && (c.is_ascii_alphanumeric() || !c.is_ascii());
    let look: String = name.chars().filter(is_significant).map(|c| latin(lower_case(c))).collect();
    if look.is_empty() { name.to_owned() } else { look }
}

/// Makes a letter lower case, in the alphabets that have their capitals at a fixed distance.
fn lower_case(c: char) -> char {
    let distance = match c {
        'À'..='Ö' | 'Ø'..='Þ' | 'Α'..='Ω' | 'А'..='Я' => 0x20,
        'Ѐ'..='Џ' => 0x50,
        _ => return c.to_ascii_lowercase(),
    };
    char::from_u32(u32::from(c) + distance).unwrap_or(c)
}

/// The Latin letter that looks like a lower-case letter or a digit, or whose capital looks like its capital.
fn latin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'н' | 'η' | 'һ' => 'h',
        'і' | 'ι' | 'ӏ' | 'Ӏ' | 'l' | '1' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' | 'μ' => 'm',
        'ν' => 'n',
        'о' | 'ο' | '0' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'х' | 'χ' => 'x',
        'у' | 'υ' => 'y',
        'ζ' => 'z',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str, name: &str) -> Person {
        Person { id: id.parse().unwrap(), name: name.parse().unwrap() }
    }

    fn signs<const N: usize>(people: [(&str, &str); N]) -> [Option<String>; N] {
        let mut names = Names::default();
        for (id, name) in people {
            names.note(&person(id, name));
        }
        people.map(|(id, _)| names.namesakes.sign(&id.parse().unwrap()))
    }

    #[test]
    fn names_that_look_the_same_have_signs() {
        let [ada, bob, cyrillic, again] =
            signs([("aaaa1111", "Ada"), ("b", "Bob"), ("aaaa2222", "Аdа"), ("cd3", "ada")]);
        assert_eq!([ada.as_deref(), cyrillic.as_deref()], [Some("·1111"), Some("·2222")]);
        assert_eq!([bob.as_deref(), again.as_deref()], [None, Some("·cd3")]);
    }

    #[test]
    fn person_is_no_namesake_of_themselves_and_nobody_has_no_sign() {
        assert_eq!(signs([("a", "Ada"), ("a", "ADA"), ("a", "Ada")]), [None, None, None]);
        assert_eq!(signs([("a", Person::ERASED), ("b", Person::ERASED)]), [None, None]);
        let renamed = signs([("a", "Ada"), ("b", "Bob"), ("b", "Ada"), ("b", "Bob")]);
        assert_eq!(renamed, [Some("·a"), Some("·b"), Some("·b"), Some("·b")].map(|s| s.map(str::to_owned)));
    }

    #[test]
    fn looks_are_those_of_keyboards() {
        for (one, other) in [
            ("Ada", "ada"),
            ("Ada", "Аdа"),
            ("Ada Lovelace", "ada.lovelace"),
            ("scope", "ѕсоре"),
            ("Alice", "AIice"),
            ("Bob", "B0b"),
            ("Nina", "ΝΙΝΑ"),
            ("Zoë", "ZOË"),
            ("Анна", "АННА"),
            ("Ёлка", "ёлка"),
            ("علی\u{200C}رضا", "علیرضا"),
        ] {
            assert_eq!(look(one), look(other), "{one} {other}");
        }
        for (one, other) in
            [("Ada", "Eda"), ("Zoë", "Zoe"), ("李", "王"), ("Kim 1", "Kim 2"), ("❤", "🧡"), ("!", "?")]
        {
            assert_ne!(look(one), look(other), "{one} {other}");
        }
    }
}
