"""Reading mail for the operator, beside the daemon and with its own reader: `triage inspect` and `triage mail replay`."""
