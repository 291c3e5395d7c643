"""Which status of a ticket may follow which, and what a person is told where none may."""
