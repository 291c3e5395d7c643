"""The ledgers at the command line: received mail, outgoing mail, and the papers made from them."""
