"""Pictures: values drawn as PNG, with the same facts in words; the only place that knows Pillow."""
