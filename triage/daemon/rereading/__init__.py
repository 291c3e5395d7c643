"""Reading mail for the operator, beside the daemon: `triage inspect`, `triage mail replay` and `triage import`."""
