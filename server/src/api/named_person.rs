//! The person whom a request names by an id. Accounts have a name that the server knows; a guest's stands in the members of
//! a room, or comes with the request.

use holdline_shared::{Nickname, Person, PersonId, RoomName};

use super::error::ApiError;
use crate::access::{Access, Denied};

/// Finds the person, or believes the name that was given for a guest, unless it is somebody else's.
pub(super) fn named_person(
    access: &Access,
    id: PersonId,
    room: Option<&RoomName>,
    given: Option<&str>,
) -> Result<Person, ApiError> {
    if let Some(account) = access.account(&id) {
        return Ok(account.person.clone());
    }
    if let Some(name) = given {
        let name = Nickname::parse(name)?;
        if access.is_name_taken(name.as_str(), &id) {
            return Err(Denied::NameTaken.into());
        }
        return Ok(Person { id, name });
    }
    let is_known = access.may_be_guest(&id)
        || room.and_then(|room| access.room(room)).is_some_and(|room| room.members.contains_key(&id));
    if !is_known {
        return Err(Denied::UnknownPerson.into());
    }
    let member = room.and_then(|room| access.room(room)).and_then(|room| room.members.get(&id));
    Ok(member.map_or_else(|| Person { name: Nickname::from(&id), id }, |member| member.person.clone()))
}
