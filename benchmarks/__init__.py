"""Benchmarks: ratios of Trapwise's costs to floors and to other ways of doing the same, measured side by side."""
