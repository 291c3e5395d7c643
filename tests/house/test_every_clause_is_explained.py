"""`docs/service-standard.md` explains every clause that the code or the configuration cites."""

import re

PAGE = "docs/service-standard.md"
CLAUSE = re.compile(r"\bS[12]:\d+(?:-\d+)?")


def test_every_cited_clause_is_on_the_page(texts: dict[str, str]) -> None:
    """A clause that a rule, a table or a promise names can be looked up, with what was made of it."""
    cited = {
        clause
        for name, text in texts.items()
        if name.startswith(("triage/", "config/"))
        for clause in CLAUSE.findall(text)
    }

    assert set() == cited - set(CLAUSE.findall(texts[PAGE]))
