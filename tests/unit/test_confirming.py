"""An answer to a challenge: what lets the commands run that wait for it, and what does not (MUST 30)."""

import pytest

from triage.rules.agents.confirming import confirms

QUOTED = "\n\nLe 2 mars 2026, Plaintes a écrit :\n> Rien n’est fait pour l’instant. #répondre Non, ce n’est pas prêt."


@pytest.mark.parametrize(
    "typed",
    ["", "Oui", "OK merci", "C’est bien moi.", "Je confirme.", "Marie Tremblay\nAgente\n418 555-0199"],
)
def test_silence_a_yes_and_a_signature_confirm(typed: str) -> None:
    """Nothing is asked of whoever wrote it but to answer; what is quoted says nothing."""
    assert confirms(typed, signer="Marie Tremblay")
    assert confirms(f"{typed}{QUOTED}", signer="Marie Tremblay")


@pytest.mark.parametrize(
    "typed",
    [
        *("Non!", "Ce n’est pas moi.", "Je n’ai rien demandé.", "C’est quoi ça?", "Stop", "#annuler", "# note allô"),
        *("Annulez SVP", "Not me", "Qui a écrit cela", "Bonjour,\n\nje n’ai jamais écrit ça", "Hameçonnage"),
    ],
)
def test_a_refusal_a_question_or_a_command_does_not(typed: str) -> None:
    """A forger wrote in this person's name, or they changed their mind."""
    assert not confirms(typed, signer="Marie Tremblay")
    assert not confirms(f"{typed}{QUOTED}", signer="Marie Tremblay")


def test_a_refusal_below_the_quotation_counts() -> None:
    """Some write at the bottom."""
    assert not confirms("> Confirmez votre demande\n\nCe n’est pas moi.")
