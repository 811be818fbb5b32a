"""The rules of Trapwise as pure functions and values: no I/O, no clock, no randomness of its own."""
