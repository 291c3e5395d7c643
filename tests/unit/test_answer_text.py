"""Headings in what an agent typed fill the parts of a final answer, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.model.letters.requester import AnswerText
from triage.rules.tickets.answer_text import find_missing, split_answer

TYPED = """Bonjour,

Résumé :
La livraison a tardé.

CE QUE NOUS AVONS VÉRIFIÉ
La commande.

constats
Le contrat dit autre chose.
Mesures
- une
- deux"""


def test_headings_fill_their_parts() -> None:
    """However they are typed; what stands before the first one stays the body."""
    expected = AnswerText(
        body="Bonjour,",
        summary="La livraison a tardé.",
        checked="La commande.",
        found="Le contrat dit autre chose.",
        measures="- une\n- deux",
    )

    assert expected == split_answer(TYPED)


def test_what_is_missing_is_named() -> None:
    """By the heading that would fill it."""
    assert ("raisons",) == find_missing(split_answer(TYPED))
    assert ("résumé", "vérifications", "constats", "raisons", "mesures") == find_missing(split_answer("Bonjour"))


@pytest.mark.parametrize("line", ["Les constats sont clairs.", "Mesures prises hier", "Raisons de santé"])
def test_a_sentence_is_no_heading(line: str) -> None:
    """A heading stands alone on its line."""
    assert AnswerText(body=line) == split_answer(line)


@given(st.lists(st.sampled_from(["Constats", "mot", "", "Mesures :", "- un", "phrase entière."])))
def test_no_line_is_lost(lines: list[str]) -> None:
    """Every line that is no heading stands in one part."""
    parts = split_answer("\n".join(lines))
    said = f"{parts.body}\n{parts.summary}\n{parts.checked}\n{parts.found}\n{parts.reasons}\n{parts.measures}"

    assert sorted(each for each in lines if each in {"mot", "- un", "phrase entière."}) == sorted(
        each for each in said.split("\n") if each
    )
