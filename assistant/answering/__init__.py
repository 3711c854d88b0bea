"""From clauses to a cited answer or a refusal, without a language model."""
