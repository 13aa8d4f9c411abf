"""What tests of the running daemon are made of: real Kafka, real Postgres, the real daemon, levers on each,
and a judge."""
