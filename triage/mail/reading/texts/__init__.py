"""What a mail says: the text of its parts, what of it is new, in which language, and what is attached."""
