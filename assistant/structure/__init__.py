"""From text to clauses: numbering, outline, tables, addresses."""
