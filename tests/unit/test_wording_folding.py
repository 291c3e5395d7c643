"""The comparable form of what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.wording.folding import fold


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Éléonore n’a  pas\u00a0reçu", "eleonore n'a pas recu"),
        ("RÉPONDRE", "repondre"),
        ("à l‘œuvre", "a l'oeuvre"),
        ("rendez\u2011vous – demain", "rendez-vous - demain"),
        ("cafe\u0301", "cafe"),
        ("sou\u00adli\u200bgné", "souligne"),
        ("« oui »", '" oui "'),
        ("\u202f#prendre\u2009", "#prendre"),
        ("Straße Ł", "strasse l"),
        ("", ""),
    ],
)
def test_ways_of_typing_the_same_words_fold_to_one_form(typed: str, folded: str) -> None:
    """Case, accents, marks and blanks make no difference; letters do."""
    assert folded == fold(typed)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    """A folded text can be stored and folded again with whatever it is compared to."""
    assert fold(text) == fold(fold(text))


@given(st.text(alphabet="aàâäeéèêëiîïoôöuùûüÿcçœæ’'- AÀÉÈÇŒ"))
def test_french_folds_to_plain_ascii(text: str) -> None:
    """Nothing of French remains that a keyboard without accents could not have typed."""
    assert fold(text).isascii()
