"""From clauses to a searchable snapshot."""
