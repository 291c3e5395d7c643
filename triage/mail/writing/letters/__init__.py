"""Letters to requesters and working mail for staff: facts to the values of their templates, and to final bytes."""
