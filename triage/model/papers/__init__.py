"""The nouns of papers: figures, counted and not yet written."""
