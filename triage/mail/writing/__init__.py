"""Facts to letters: templates, signed Message-IDs, and mail composed to its final bytes. No network, no clock."""
