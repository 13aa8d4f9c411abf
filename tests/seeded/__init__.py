"""Tests the tests: which test notices which bug."""
