"""When what is due: holidays, business days, due times and their reasons (S1:72-75, S1:92, S1:93)."""
