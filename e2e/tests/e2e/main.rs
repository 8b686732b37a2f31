//! What people do with Holdline, in real browsers against the real executable: one story per file.

mod classic;
