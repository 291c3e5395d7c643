"""The nouns of escalation: when the office is open, the steps, a ticket under watch, what its people are told."""
