"""Deterministic checks of a model's sentences against the clauses they cite; each is a pure function of text."""
