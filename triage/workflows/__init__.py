"""The verbs: fetch facts, ask a rule, record. Short, without judgement, and without knowing each other."""
