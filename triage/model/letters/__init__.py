"""The nouns of letters to requesters and of working mail: facts for one template, not yet text."""
