"""What goes to whoever is in charge of a ticket: what somebody wrote, and the mails as they came."""
