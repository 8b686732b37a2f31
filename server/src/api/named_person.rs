//! The person whom a request names by an id. Accounts have a name that the server knows; a guest's stands in the members of
//! a room, or comes with the request.

use holdline_shared::{Nickname, Person, PersonId, RoomName};

use super::error::ApiError;
use crate::access::{Access, Denied};

/// Finds the person. Believes the name that is given for a guest, unless it is somebody else's.
pub(super) fn named_person(
    access: &Access,
    id: PersonId,
    room: Option<&RoomName>,
    given: Option<&str>,
) -> Result<Person, ApiError> {
    if let Some(account) = access.account(&id) {
        return Ok(account.person.clone());
    }
    let member = room.and_then(|room| access.room(room)).and_then(|room| room.members.get(&id));
    if member.is_none() && !access.may_be_guest(&id) {
        return Err(Denied::UnknownPerson.into());
    }
    let given = given.map(Nickname::parse).transpose()?;
    // A guest may be called as somebody was called later who has an account.
    let name = given.filter(|name| !access.is_name_taken(name.as_str(), &id));
    let name = name.or_else(|| member.map(|member| member.person.name.clone()));
    Ok(Person { name: name.unwrap_or_else(|| Nickname::from(&id)), id })
}
