//! Takes the README's pictures. Stub.
fn main() {}
