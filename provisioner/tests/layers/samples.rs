//! The analysis itself, on small source trees.
