"""Figures to papers that people read: text, accessible pages, JSON. Nothing is counted here."""
