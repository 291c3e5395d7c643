"""Reading mail for the operator, beside the daemon, with its own reader: `triage inspect` and `triage mail replay`."""
