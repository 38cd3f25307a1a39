//! Used as a person would, against a server that answers what it was told to.
