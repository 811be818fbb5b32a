"""Tests of the playground: the world, its page, its keys."""
