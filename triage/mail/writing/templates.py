"""Templates: found, compiled and proved when the daemon starts, so that none fails on the day when it is needed.

Files come from the operator's folder first, then from those shipped (MUST 36); mail text never becomes a template.
Jinja's sandbox is a belt: templates get plain texts only. A pair a kind and language: `fr/acknowledgement.txt` and
`.html`; names with a leading underscore are pieces for the others.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from triage.mail.writing.html_reading import read_page, words_of, words_of_page
from triage.mail.writing.letters.working import MARKER
from triage.mail.writing.specimens import specimen_values
from triage.mail.writing.values import VALUE_NAMES
from triage.model.codes import Language, NoticeKind
from triage.model.errors import ConfigurationError

# English comes below the French, on a recorded ground only, and has no letters yet.
LETTER_LANGUAGES: Final = (Language.FRENCH,)
_ENDINGS = (".txt", ".html")
_BLANK_LINES, _BLANK_LINE = re.compile(r"\n{3,}"), "\n\n"  # of branches that were not taken


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter in words. `title` is its first line: the end of its subject, and the heading of its page."""

    title: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Templates:
    """All letters, compiled. Made by `load_templates` only, which has proved each with facts of fiction."""

    _pairs: Mapping[tuple[Language, NoticeKind], tuple[Template, Template]]

    def write(self, kind: NoticeKind, values: Mapping[str, object], *, language: Language = Language.FRENCH) -> Letter:
        """The letter of this kind with these texts, and rows of texts, in it; markup in them is shown, not obeyed.

        Raises `jinja2.TemplateError` where a value is missing (its message names the value's name only).
        """
        plain, page = self._pairs[language, kind]
        text = f"{_BLANK_LINES.sub(_BLANK_LINE, plain.render(values).strip())}\n"
        # The marker of working mail stands above all that is ours, the title too.
        titled = text.removeprefix(MARKER).lstrip("\n")
        return Letter(title=titled.partition("\n")[0].strip(), text=text, html=page.render(values))


def load_templates(folders: Sequence[Path]) -> Templates:
    """The letters of these folders, a file in an earlier folder hiding its namesakes in the later ones.

    Raises `ConfigurationError`, naming the file and the mend, for a file that is missing, misspelt, not UTF-8 or
    not a template, that uses a value which its letter does not have, or whose two parts do not say the same.
    """
    environment = _environment(folders)
    names = _known_names()
    for name in environment.list_templates(extensions=["txt", "html"]):
        if name not in names and not _is_piece(name):
            raise ConfigurationError(f"templates: {name} is not a letter of triage; the letters are {', '.join(names)}")
        _check_source(environment, name, names.get(name))
    templates = Templates(
        {
            (language, kind): (
                _compiled(environment, f"{language}/{kind}.txt"),
                _compiled(environment, f"{language}/{kind}.html"),
            )
            for language in LETTER_LANGUAGES
            for kind in NoticeKind
        }
    )
    _prove(templates)
    return templates


def specimen_letters(templates: Templates) -> Iterator[tuple[str, Letter]]:
    """Every letter with facts of fiction, by its name (`fr/acknowledgement`, `fr/answer`, `fr/answer-unfounded`).

    What stands before a hyphen is the name of its templates.
    """
    for language in LETTER_LANGUAGES:
        for name, (kind, values) in specimen_values(language).items():
            yield f"{language}/{name}", templates.write(kind, values, language=language)


def template_name(specimen: str) -> str:
    """The name of a specimen's templates: `fr/answer` for `fr/answer-unfounded`."""
    return specimen.partition("-")[0]


def _environment(folders: Sequence[Path]) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders, encoding="utf-8"),
        undefined=StrictUndefined,
        autoescape=lambda name: name is None or not name.endswith(".txt"),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )


def _known_names() -> dict[str, NoticeKind]:
    return {
        f"{language}/{kind}{ending}": kind
        for language in LETTER_LANGUAGES
        for kind in NoticeKind
        for ending in _ENDINGS
    }


def _is_piece(name: str) -> bool:
    return name.rpartition("/")[2].startswith("_")


def _compiled(environment: ImmutableSandboxedEnvironment, name: str) -> Template:
    try:
        return environment.get_template(name)
    except (TemplateError, OSError) as error:
        raise ConfigurationError(f"templates: {name} is missing or refers to a file that is: {error}") from error


def _check_source(environment: ImmutableSandboxedEnvironment, name: str, kind: NoticeKind | None) -> None:
    """What can be seen without rendering, in branches too that no specimen reaches."""
    try:
        source, _, _ = environment.loader.get_source(environment, name) if environment.loader else ("", None, None)
        tree = environment.parse(source, name)
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"templates: {name} is not UTF-8; save it again with that encoding") from error
    except TemplateError as error:
        raise ConfigurationError(f"templates: {name}, line {getattr(error, 'lineno', '?')}: {error.message}") from error
    names = frozenset[str]().union(*VALUE_NAMES.values()) if kind is None else VALUE_NAMES[kind]
    strange = sorted(meta.find_undeclared_variables(tree) - names)
    if strange:
        raise ConfigurationError(f"templates: {name} uses {strange[0]}, which is not one of {', '.join(sorted(names))}")
    if name.endswith(".html"):
        _check_escaping(tree, name)


def _check_escaping(tree: nodes.Template, name: str) -> None:
    """Jinja does not escape what an HTML template includes from a text template, nor what is marked as safe."""
    referred = list(meta.find_referenced_templates(tree))
    if any(each is None or not each.endswith(".html") for each in referred):
        raise ConfigurationError(f"templates: {name} may refer to .html files only, each by its name")
    marked = any(each.name == "safe" for each in tree.find_all(nodes.Filter))
    if marked or any(True for _ in tree.find_all((nodes.EvalContextModifier, nodes.MarkSafe))):
        raise ConfigurationError(f"templates: {name} may not switch the escaping of values off")


def _prove(templates: Templates) -> None:
    """Renders each letter with facts of fiction and compares its two parts word for word (R-89)."""
    letters = specimen_letters(templates)
    while True:
        try:
            name, letter = next(letters)
        except StopIteration:
            return
        except (TemplateError, TypeError, ValueError) as error:
            raise ConfigurationError(f"templates: a letter cannot be written: {error}") from error
        page, name = read_page(letter.html), template_name(name)
        if words_of(letter.text) != words_of_page(page):
            raise ConfigurationError(f"templates: {name}.txt and {name}.html do not say the same")
        if not letter.title or words_of(letter.title) != words_of(page.title):
            raise ConfigurationError(f"templates: the first line of {name}.txt must be the <title> of {name}.html")
