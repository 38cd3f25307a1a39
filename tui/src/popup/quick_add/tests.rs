//! The line, as it is typed.
