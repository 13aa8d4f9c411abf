"""Differential fuzzing: hostile events by the million through Kafka and the daemon, and the same events
through a second opinion in Python; tables and dead letters must be the same."""
