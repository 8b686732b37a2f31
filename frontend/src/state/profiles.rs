//! The people who have an account here, and the marks of bots and of people without an account.

use std::rc::Rc;

use holdline_shared::{Person, PersonId, PersonKind, Profile};
use litemap::LiteMap;

/// A word beside a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The person has no account.
    Guest,
    /// The account belongs to a program.
    Bot,
}

/// Whether `person` is a real person, and not the server itself or somebody whose account was erased.
pub fn is_somebody(person: &Person) -> bool {
    let is_own = [Person::house(), Person::stdin()].iter().any(|program| program.id == person.id);
    !is_own && !person.is_erased()
}

/// The accounts by id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profiles {
    known: Rc<LiteMap<PersonId, Profile>>,
    /// The people who appeared after the list was loaded: perhaps new members.
    newer: Rc<Vec<PersonId>>,
}

impl Profiles {
    /// The accounts of the server's list.
    pub fn of(list: Vec<Profile>) -> Self {
        let known = list.into_iter().map(|profile| (profile.person.id.clone(), profile)).collect();
        Self { known: Rc::new(known), newer: Rc::default() }
    }

    /// The account of a person.
    pub fn get(&self, id: &PersonId) -> Option<&Profile> {
        self.known.get(id)
    }

    /// The accounts.
    pub fn all(&self) -> impl Iterator<Item = &Profile> {
        self.known.values()
    }

    /// Notes a person who has appeared, and whom the list may not have yet.
    pub fn note_newer(&mut self, id: &PersonId) {
        if self.get(id).is_none() && !self.newer.contains(id) {
            Rc::make_mut(&mut self.newer).push(id.clone());
        }
    }

    /// Returns the mark of a person, which is unknown for who has just appeared. If nobody has an account, all are alike and nobody is marked; the server's own
    /// names and erased people are not guests.
    pub fn mark(&self, person: &Person) -> Option<Mark> {
        match self.get(&person.id) {
            Some(profile) => (profile.kind == PersonKind::Bot).then_some(Mark::Bot),
            None if self.known.is_empty() || self.newer.contains(&person.id) => None,
            None => is_somebody(person).then_some(Mark::Guest),
        }
    }
}

#[cfg(test)]
mod tests {
    use holdline_shared::Topic;

    use super::*;
    use crate::state::samples::person;

    fn profile(id: &str, kind: PersonKind) -> Profile {
        Profile { person: person(id), kind, admin: false, about: Topic::default(), time_zone: String::new() }
    }

    #[test]
    fn guests_and_bots_are_marked_where_somebody_has_an_account() {
        let mark = |profiles: &Profiles, id: &str| profiles.mark(&person(id));
        let none = Profiles::default();
        assert_eq!(mark(&none, "bob"), None, "all are alike");
        let some = Profiles::of(vec![profile("ada", PersonKind::Member), profile("robo", PersonKind::Bot)]);
        let marks = ["ada", "robo", "bob", "holdline", "anonymous"].map(|id| mark(&some, id));
        assert_eq!(marks, [None, Some(Mark::Bot), Some(Mark::Guest), None, Some(Mark::Guest)]);
        let mut later = some.clone();
        later.note_newer(&person("bob").id);
        assert_eq!(mark(&later, "bob"), None, "perhaps a member since the list was loaded");
        let erased = Person { name: Person::ERASED.parse().unwrap(), ..person("bob") };
        assert_eq!(some.mark(&erased), None, "nobody is behind that name");
    }
}
