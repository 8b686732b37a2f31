//! The ways through a door that is not open.

/// A way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entrance {
    /// Enters with the server's join password, as a guest.
    Password {
        /// The name to use; the server makes one up for `None`.
        name: Option<String>,
        /// The password.
        password: String,
    },
    /// Signs in to the person's account.
    Account {
        /// The account's name.
        name: String,
        /// The account's passphrase.
        passphrase: String,
    },
    /// Enters by a link: an invite, or one to the person's own account on another device.
    Link {
        /// The code in the link.
        code: String,
        /// The name to use.
        name: Option<String>,
        /// A passphrase for the account.
        passphrase: Option<String>,
    },
}
