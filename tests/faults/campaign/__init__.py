"""Faults as often as asked, at moments that a seed decides."""
