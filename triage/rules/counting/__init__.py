"""The figures of reports: which matter is counted where, and how far a promise was kept (R-40 to R-44)."""
