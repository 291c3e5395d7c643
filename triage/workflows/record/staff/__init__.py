"""What a mail of staff leads to, as rows and receipts, in the transaction that takes it in (MUST 30, MUST 31)."""
