"""The ways to answer, one module each."""
