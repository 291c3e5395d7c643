"""Every letter that ships is good French, can be read by everybody, and says what it must (R-71, R-89 to R-95)."""

import re
from pathlib import Path

import pytest

from triage.mail.writing.accessibility import find_barriers
from triage.mail.writing.html_reading import read_page, words_of, words_of_page
from triage.mail.writing.letters.working import MARKER
from triage.mail.writing.templates import Letter, load_templates, specimen_letters
from triage.wording.typography import find_faults, find_long_sentences

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for path in (ROOT / "templates/fr").iterdir() if path.suffix in {".txt", ".html"})
SPECIMENS = dict(specimen_letters(load_templates([ROOT / "templates"])))
EXAMPLES = ROOT / "tests/examples/notices"


def prose_of(path: Path) -> str:
    """What a person reads of a template: a page without its tags, variables still in place."""
    source = path.read_text("utf-8")
    return "\n".join(read_page(source).lines) if path.suffix == ".html" else source


@pytest.mark.parametrize("path", SOURCES, ids=[path.name for path in SOURCES])
def test_a_template_is_correct_french(path: Path) -> None:
    """Spaces, marks, dates, words, and nothing before a variable that would elide or contract."""
    assert () == find_faults(prose_of(path))


@pytest.mark.parametrize("letter", SPECIMENS.values(), ids=SPECIMENS.keys())
def test_a_specimen_is_correct_french_in_both_parts(letter: Letter) -> None:
    """The rules hold for what is sent, values included."""
    assert () == find_faults(letter.text)
    assert () == find_faults("\n".join(read_page(letter.html).lines))


@pytest.mark.parametrize("letter", SPECIMENS.values(), ids=SPECIMENS.keys())
def test_a_specimen_is_plain_language(letter: Letter) -> None:
    """No sentence over twenty-five words, fifteen on average at most (R-93)."""
    sentences = [each for each in re.split(r"(?<=[.!?])\s+|\n+", letter.text) if len(words_of(each)) > 3]

    assert () == find_long_sentences(letter.text)
    assert sum(len(words_of(each)) for each in sentences) / len(sentences) <= 15


@pytest.mark.parametrize("letter", SPECIMENS.values(), ids=SPECIMENS.keys())
def test_a_specimen_has_no_barrier(letter: Letter) -> None:
    """Language, headings, contrast in light and dark mode, links, tables, sizes, nothing remote (R-91, R-95)."""
    assert () == find_barriers(letter.html)


@pytest.mark.parametrize("letter", SPECIMENS.values(), ids=SPECIMENS.keys())
def test_both_parts_say_the_same(letter: Letter) -> None:
    """Word for word, in the same order; the text part alone is the whole letter (R-89)."""
    assert words_of(letter.text) == words_of_page(read_page(letter.html))


@pytest.mark.parametrize("letter", SPECIMENS.values(), ids=SPECIMENS.keys())
def test_the_text_part_is_not_a_drawing(letter: Letter) -> None:
    """No rule, frame or table made of characters, and no word that only its capitals make important (R-90).

    The code of the last line is no word: capitals keep it from being taken for one. The marker of working mail is for
    programs as much as for people.
    """
    text = letter.text.removeprefix(MARKER)
    prose = re.sub(r"^Réf\.\u00a0[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}$", "", text.rstrip(), flags=re.MULTILINE)

    assert None is re.search(r"[|_=*~#+-]{2,}|\|", text)
    assert None is re.search(r"\b[A-ZÀ-Ý]{4,}\b", prose)


def test_the_acknowledgement_ends_in_its_code() -> None:
    """The last line is the third thing by which an answer finds its ticket (MUST 33)."""
    code = SPECIMENS["fr/acknowledgement"].text.rstrip().rpartition("\nRéf.\u00a0")[2]

    assert None is not re.fullmatch(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}", code)


@pytest.mark.parametrize("name", SPECIMENS.keys())
def test_a_letter_is_the_one_in_the_specimen_book(name: str) -> None:
    """Whoever changes a word of a letter changes the example too, and sees the letter whole."""
    expected = (EXAMPLES / f"{name.rpartition('/')[2]}.txt").read_text("utf-8")

    assert expected == SPECIMENS[name].text


@pytest.mark.parametrize(
    "said",
    [
        "2026-000123",
        "samedi 21\u00a0novembre 2026, à 10\u00a0h\u00a05 (heure de l’Est)",
        "dans les 24\u00a0heures suivant sa réception",
        "au plus tard le vendredi 11\u00a0décembre 2026",
        "au plus tard le mardi 24\u00a0novembre 2026",
        "commentaire ou d’une suggestion",
        "nous vous préviendrons",
        "répondre à ce courriel",
        "que les renseignements personnels nécessaires",
        "en toute confidentialité",
        "les faire rectifier",
        "\nacces@exemple.invalid\n",
        "Direction du service à la clientèle\nOrganisme d’exemple\nTéléphone\u00a0: 418\u00a0555-0100\n",
        "envoyé automatiquement. Vous pouvez y répondre.",
    ],
)
def test_the_acknowledgement_says_what_it_owes(said: str) -> None:
    """Number, reception, dates, who answers, how to add, confidentiality, rights, and that a machine wrote it."""
    assert said in SPECIMENS["fr/acknowledgement"].text


def test_the_acknowledgement_is_short() -> None:
    """One page: people read it, and call less."""
    assert len(words_of(SPECIMENS["fr/acknowledgement"].text)) <= 330
