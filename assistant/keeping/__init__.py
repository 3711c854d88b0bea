"""Keeping the corpus: importing, comparing, retiring, rolling back, with a journal and a check before each change."""
