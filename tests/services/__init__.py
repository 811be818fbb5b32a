"""Tests of bot.services, on real SQLite files and with a chat in memory."""
