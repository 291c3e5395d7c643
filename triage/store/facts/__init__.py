"""What the database knows that bears on one mail, gathered in the transaction that will record the decision."""

from triage.store.facts.answers import find_answered
from triage.store.facts.mail import gather_facts
from triage.store.facts.renumbering import count_unknown

__all__ = ["count_unknown", "find_answered", "gather_facts"]
