"""The judge of pages finds each barrier that it knows, and passes a sound page (R-91, R-95)."""

import pytest

from triage.mail.writing.accessibility import contrast, find_barriers
from triage.mail.writing.html_reading import read_page, words_of, words_of_page

SOUND = """<!DOCTYPE html>
<html lang="fr-CA"><head><title>Bien reçu</title><style>
@media (prefers-color-scheme: dark) { .page { background-color: #10161f !important; color: #f1f4f8 !important } }
</style></head>
<body><div class="page" style="background-color: #ffffff; color: #223654; font-size: 16px; max-width: 600px">
<h1>Bien reçu</h1><h2>Étapes</h2><p>Bonjour,<br>à bientôt.</p><ul><li>une plainte</li></ul>
<p><a href="mailto:a@exemple.invalid">a@exemple.invalid</a></p>
<table><caption>Dates</caption><tr><th scope="col">Jour</th></tr><tr><td>lundi</td></tr></table>
<table role="presentation"><tr><td>mise en page</td></tr></table>
<img src="cid:logo" alt="Logo"></div></body></html>
"""

BARRIERS = [
    (' lang="fr-CA"', "", "does not say its language"),
    ("fr-CA", "en-CA", "does not say its language"),
    ("<title>Bien reçu</title>", "", "say the same"),
    ("<title>Bien", "<title>Mal", "say the same"),
    ("<h1>Bien reçu</h1>", "", "exactly one <h1>"),
    ("<h2>Étapes</h2>", "<h1>Étapes</h1>", "exactly one <h1>"),
    ("<h2>Étapes</h2>", "<h3>Étapes</h3>", "skips a level"),
    ("<ul><li>une plainte</li></ul>", "<p>– une plainte</p>", "typed with dashes"),
    ("<ul><li>une plainte</li></ul>", "<li>une plainte</li>", "outside a list"),
    (' alt="Logo"', "", "no alt text"),
    (">a@exemple.invalid</a>", ">Cliquez ici</a>", "where it leads"),
    (">a@exemple.invalid</a>", "></a>", "where it leads"),
    ("mailto:a@exemple.invalid", "http://exemple.invalid", "something else than https"),
    ("mailto:a@exemple.invalid", "javascript:alert(1)", "something else than https"),
    ("<caption>Dates</caption>", "", "no <caption>"),
    (' scope="col"', "", "no <th scope>"),
    ('<th scope="col">Jour</th>', "<td>Jour</td>", "no <th scope>"),
    ("cid:logo", "https://exemple.invalid/logo.png", "<img> fetches"),
    ("<h2>", '<link rel="stylesheet" href="a.css"><h2>', "<link> fetches"),
    ("<table>", '<table background="a.png">', "<table> fetches"),
    ("<table>", '<table onclick="a()">', "runs a script"),
    ("font-size: 16px", "background-image: url(a.png)", "a style fetches"),
    ("<style>", "<style>@import 'a.css';", "a style fetches"),
    ("font-size: 16px", "animation: spin 1s", "a style moves"),
    ("font-size: 16px", "font-size: 14px", "under 16 px"),
    ("font-size: 16px", "font-size: 0.8em", "cannot be judged"),
    ("max-width: 600px", "width: 600px", "does not fit"),
    ("<table>", '<table width="600">', "does not fit"),
    ("color: #223654", "color: #8a99ad", "contrast of 2.9 (light mode)"),
    ("#f1f4f8", "#45566b", "(dark mode), under 4.5"),
    ("color: #223654", "color: navy", "not written #rrggbb (light mode)"),
]


def test_a_sound_page_passes() -> None:
    """No false alarm."""
    assert () == find_barriers(SOUND)


@pytest.mark.parametrize(("sound", "faulty", "says"), BARRIERS)
def test_a_barrier_is_found_and_named(sound: str, faulty: str, says: str) -> None:
    """One thing is wrong on the page, and the judge says what."""
    assert sound in SOUND

    found = find_barriers(SOUND.replace(sound, faulty, 1))

    assert any(says in each for each in found), found


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#FFFFFF", 4.48),
    ],
)
def test_contrast_is_that_of_wcag(first: str, second: str, expected: float) -> None:
    """Known pairs, in either order."""
    assert expected == pytest.approx(contrast(first, second), abs=0.005)
    assert contrast(first, second) == contrast(second, first)


def test_a_colour_that_cannot_be_computed_is_refused() -> None:
    """Names and short forms would be judged wrongly."""
    with pytest.raises(ValueError, match="#rrggbb"):
        contrast("#fff", "#000000")


def test_the_words_of_a_page_come_in_the_order_of_reading() -> None:
    """Blocks part words, inline tags do not; the head does not count."""
    page = read_page("<title>t</title><p>Un<b>e</b> plainte</p><p>deux</p><ul><li>trois&nbsp;mots</li></ul>")

    assert words_of("Une plainte\ndeux\n–\u00a0trois mots") == words_of_page(page)
