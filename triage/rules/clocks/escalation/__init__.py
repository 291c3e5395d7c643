"""Which step of escalation.toml a ticket has reached, who is told, and in how few mails (R-62 to R-64, R-75)."""
