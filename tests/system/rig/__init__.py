"""What the system tests are made of: real Kafka, real Postgres, the real daemon, and levers on each."""
