"""Pure: who does what, in which order, and how long it takes."""
