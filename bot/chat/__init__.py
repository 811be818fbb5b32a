"""The only place that knows Discord: what is shown, what is heard, and who may ask for what."""
