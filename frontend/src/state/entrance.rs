//! The ways through a door that is not open.

/// A way in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entrance {
    /// Comes in with the server's join password, as a guest.
    Password {
        /// The name to be known by; the server makes one up for none.
        name: Option<String>,
        /// The password.
        password: String,
    },
    /// Comes into one's account.
    Account {
        /// Its name.
        name: String,
        /// Its passphrase.
        passphrase: String,
    },
    /// Comes in by a link: an invite, or one to one's own account on another device.
    Link {
        /// The code in the link.
        code: String,
        /// The name to be known by.
        name: Option<String>,
        /// A passphrase for the account.
        passphrase: Option<String>,
    },
}
