//! Breaks Holdline on purpose and checks what it promised.
