//! The form, used as a person would.
