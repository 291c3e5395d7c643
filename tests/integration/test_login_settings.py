"""Logins in the configuration: what is missing is named with its key and mend, and no secret is shown."""

from pathlib import Path

import pytest

from triage.daemon.build import imap_access, smtp_access
from triage.daemon.tokens import token_source
from triage.model.errors import ConfigurationError
from triage.settings.loading import load_configuration

TEXT = """
[body]
name = "Organisme de fiction"
short_name = "ODF"
unit = "Direction des plaintes"
address = "plaintes@organisme.example"
display_name = "Plaintes (ODF)"
phone = "418 555-0100"
access_address = "acces@organisme.example"
[imap]
host = "imap.organisme.example"
username = "plaintes@organisme.example"
{imap}
[smtp]
host = "smtp.organisme.example"
{smtp}
[oauth]
{oauth}
[database]
url = "sqlite:///triage.db"
"""
XOAUTH2 = 'auth = "xoauth2"'
WITH_NAME = 'auth = "xoauth2"\nusername = "plaintes@organisme.example"'
SECRET = "jamais-montre"
SERVER = 'token_url = "https://tokens.example/token"\nclient_id = "nous"'
GRANTS = {
    "client_credentials": f'{SERVER}\nclient_secret_file = "secret"',
    "refresh_token": f'grant = "refresh_token"\n{SERVER}\nrefresh_token_file = "secret"',
    "command": 'grant = "command"\ncommand = ["/usr/local/bin/print-token"]',
}


def write(folder: Path, *, imap: str = XOAUTH2, smtp: str = WITH_NAME, oauth: str = "") -> Path:
    (folder / "triage.toml").write_text(TEXT.format(imap=imap, smtp=smtp, oauth=oauth), encoding="utf-8")
    (folder / "secret").write_text(f"{SECRET}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize("grant", GRANTS)
def test_both_logins_share_the_source_and_need_no_password(tmp_path: Path, grant: str) -> None:
    """With a token there is no password file, and nothing of the secret is shown."""
    configuration = load_configuration(write(tmp_path, oauth=GRANTS[grant]))
    tokens = token_source(configuration)
    imap, smtp = imap_access(configuration, tokens), smtp_access(configuration, tokens)

    assert tokens is not None
    assert imap.tokens is tokens
    assert smtp.tokens is tokens
    assert SECRET not in f"{configuration!r} {imap!r} {smtp!r} {tokens!r}"


def test_one_login_may_keep_its_password(tmp_path: Path) -> None:
    """Tokens for the mailbox, a relay of one's own for what leaves."""
    folder = write(tmp_path, smtp='username = "nous"\npassword_file = "secret"', oauth=GRANTS["command"])
    configuration = load_configuration(folder)

    assert imap_access(configuration).tokens is not None
    assert (SECRET, None) == (smtp_access(configuration).password, smtp_access(configuration).tokens)


def test_without_tokens_the_section_is_not_looked_at(tmp_path: Path) -> None:
    """A file that only [oauth] names need not exist."""
    folder = write(tmp_path, imap='password_file = "secret"', smtp="", oauth='client_secret_file = "missing"')
    configuration = load_configuration(folder)

    assert token_source(configuration) is None
    assert SECRET == imap_access(configuration).password


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"imap": "", "smtp": ""}, "[imap] password_file: is missing; add it, or write"),
        ({"imap": 'auth = "oauth"'}, "[imap] auth: Input should be 'password' or 'xoauth2'"),
        ({"smtp": XOAUTH2, "oauth": GRANTS["command"]}, "[smtp] username: is missing"),
        ({}, "[oauth] token_url: is missing"),
        (
            {"oauth": SERVER},
            '[oauth] client_secret_file: is missing; auth = "xoauth2" with grant = "client_credentials"',
        ),
        ({"oauth": f'grant = "certificate"\n{SERVER}\nkey_file = "secret"'}, "[oauth] certificate_file: is missing"),
        ({"oauth": f'grant = "refresh_token"\n{SERVER}'}, "[oauth] refresh_token_file: is missing"),
        ({"oauth": 'grant = "command"'}, "[oauth] command: is missing"),
        ({"oauth": 'grant = "command"\ncommand = "token | cut"'}, "[oauth] command: Input should be a valid tuple"),
        ({"oauth": 'grant = "command"\ncommand = ["print-token"]'}, "[oauth] command: must begin with the full path"),
        ({"oauth": 'token_url = "http://tokens.example/token"'}, "[oauth] token_url: must begin with https://"),
        ({"oauth": 'token_url = "https://us:pw@tokens.example/"'}, "[oauth] token_url: is not an address"),
        ({"oauth": 'token_url = "https://tokens.example/a b"'}, "[oauth] token_url: is not an address"),
        ({"oauth": 'token_url = "https://[::1"'}, "[oauth] token_url: is not an address"),
        ({"oauth": f'{SERVER}\nclient_secret_file = "missing"'}, "[oauth] client_secret_file: "),
        ({"oauth": 'secret = "in-clear"'}, "[oauth] secret: is not a key of this section"),
    ],
)
def test_each_wrong_value_names_its_key_and_the_mend(tmp_path: Path, changes: dict[str, str], told: str) -> None:
    """A sentence with file, section and key; never the value."""
    with pytest.raises(ConfigurationError) as error:
        load_configuration(write(tmp_path, **changes))

    assert f"triage.toml: {told}" in str(error.value)
    assert "pw" not in str(error.value)
    assert "in-clear" not in str(error.value)


def test_loopback_may_do_without_tls(tmp_path: Path) -> None:
    """A token server on this very machine."""
    oauth = GRANTS["client_credentials"].replace("https://tokens.example", "http://127.0.0.1:8080")

    assert token_source(load_configuration(write(tmp_path, oauth=oauth))) is not None


def test_a_certificate_that_is_none_is_told_of_at_the_start(tmp_path: Path) -> None:
    """Before any mail is touched."""
    oauth = f'grant = "certificate"\n{SERVER}\ncertificate_file = "secret"\nkey_file = "secret"'

    with pytest.raises(ConfigurationError, match=r"\[oauth\] certificate_file, key_file: not PEM"):
        token_source(load_configuration(write(tmp_path, oauth=oauth)))
