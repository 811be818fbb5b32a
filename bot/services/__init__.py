"""The use cases: what happens when people answer, organise and look, and when the clock moves on."""
