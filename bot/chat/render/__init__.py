"""What is shown, as text: pure functions from domain values, measured against Discord's limits."""
