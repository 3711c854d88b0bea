"""Measuring answers and speed."""
