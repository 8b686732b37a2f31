//! The crowd. Stub.
