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
pub struct Profiles(Rc<LiteMap<PersonId, Profile>>);

impl Profiles {
    /// The accounts of the server's list.
    pub fn of(list: Vec<Profile>) -> Self {
        Self(Rc::new(list.into_iter().map(|profile| (profile.person.id.clone(), profile)).collect()))
    }

    /// The account of a person.
    pub fn get(&self, id: &PersonId) -> Option<&Profile> {
        self.0.get(id)
    }

    /// The accounts.
    pub fn all(&self) -> impl Iterator<Item = &Profile> {
        self.0.values()
    }

    /// Returns the mark of a person. If nobody has an account, all are alike and nobody is marked; the server's own
    /// names and erased people are not guests.
    pub fn mark(&self, person: &Person) -> Option<Mark> {
        match self.get(&person.id) {
            Some(profile) => (profile.kind == PersonKind::Bot).then_some(Mark::Bot),
            None if self.0.is_empty() => None,
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
        let erased = Person { name: Person::ERASED.parse().unwrap(), ..person("bob") };
        assert_eq!(some.mark(&erased), None, "nobody is behind that name");
    }
}
