//! The door of a new log, chosen by whoever starts the server; later ones are chosen by admins.

use holdline_shared::{Door, Person};

use super::slow_hashes;
use crate::access::AccessChange;
use crate::log::{Draft, Log, LogError};

/// The door that the log has; `None` while nobody has chosen one, which is like an open door.
pub fn chosen_door(log: &dyn Log) -> Option<Door> {
    log.access().load().door().chosen
}

/// Chooses the log's door in the name of its owner. A password door needs a password, unless the log has one.
pub async fn choose_door(log: &dyn Log, door: Door, password: Option<String>) -> Result<(), LogError> {
    let password = match password {
        Some(password) => Some(slow_hashes::hash_in_background(password).await?),
        None => None,
    };
    log.append(Draft::access(Person::house(), AccessChange::Door { door, password })).await?;
    Ok(())
}
