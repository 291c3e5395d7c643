"""`triage demo --days N`: business days at speed, with the daemon's own code on a clock that is moved by hand."""
