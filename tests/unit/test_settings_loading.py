"""Reading `triage.toml`: every wrong value names file, section, key and mend, and no message repeats a value."""

from datetime import date
from pathlib import Path

import pytest

from triage.daemon.build import open_engine
from triage.model.errors import ConfigurationError
from triage.settings.defaults import config_dir
from triage.settings.loading import find_folder, load_configuration, load_settings

SECRET = "mot-de-passe-fictif"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the surroundings of the tests is read."""
    for name in ("CREDENTIALS_DIRECTORY", "TRIAGE_CONFIG"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped file and the secrets that it names."""
    text = (config_dir() / "triage.toml").read_text(encoding="utf-8")
    text = text.replace('# password_file = "imap-password"', 'password_file = "imap-password"')
    (tmp_path / "triage.toml").write_text(text, encoding="utf-8")
    (tmp_path / "imap-password").write_text(f"{SECRET}\n", encoding="utf-8")
    return tmp_path


def change(folder: Path, old: str, new: str) -> None:
    file = folder / "triage.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text, old
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def refused(folder: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(folder)
    return str(caught.value)


def test_the_shipped_file_is_read_with_its_defaults(folder: Path) -> None:
    """What is commented out has the value that the comment shows."""
    loaded = load_configuration(folder)
    settings = loaded.settings

    assert (993, "implicit", "INBOX", "Traités", 60) == (
        settings.imap.port,
        settings.imap.tls,
        settings.imap.inbox,
        settings.imap.processed,
        settings.imap.slice_seconds,
    )
    assert (465, 600, None) == (settings.smtp.port, settings.smtp.dot_timeout_seconds, settings.smtp.username)
    assert (40 << 20, None, 20, "info") == (
        settings.intake.max_bytes,
        settings.intake.since,
        settings.delivery.rate_per_minute,
        settings.logging.level,
    )
    assert (SECRET, None, None) == (loaded.imap_password, loaded.smtp_password, loaded.database_password)


WRONG = [
    # what stands in the file, what is written instead, -> the beginning of the message, words of the mend
    ('short_name = "CAG"', 'short_name = "valeur secrète"', "triage.toml: [body] short_name: ", "1 to 20 characters"),
    ('short_name = "CAG"', 'short_name = ""', "triage.toml: [body] short_name: ", "1 to 20 characters"),
    ('address = "comm', 'address = "Jeanne <valeur@x', "triage.toml: [body] address: ", "write for instance"),
    ('access_address = "acces@', 'access_address = "valeur ', "triage.toml: [body] access_address: ", "plain e-mail"),
    ("# aliases = []", 'aliases = ["a@b.example", "valeur"]', "triage.toml: [body] aliases.1: ", "write for instance"),
    ('# time_zone = "America/Toronto"', 'time_zone = "Amerique/valeur"', "triage.toml: [body] time_zone: ", "write for instance America/Toronto"),  # noqa: E501  a row
    ('# time_zone = "America/Toronto"', 'time_zone = "/etc/valeur"', "triage.toml: [body] time_zone: ", "IANA"),
    ("# port = 993", "port = 99999", "triage.toml: [imap] port: ", "less than or equal to 65535"),
    ("# port = 993", 'port = "valeur"', "triage.toml: [imap] port: ", "valid integer"),
    ('# tls = "implicit"', 'tls = "valeur"', "triage.toml: [imap] tls: ", "'implicit', 'starttls' or 'none'"),
    ("# slice_seconds = 60", "slice_seconds = 0", "triage.toml: [imap] slice_seconds: ", "greater than or equal to 1"),
    ("# dot_timeout_seconds = 600", "dot_timeout_seconds = 0", "triage.toml: [smtp] dot_timeout_seconds: ", "greater"),
    ("sqlite:///triage.db", "mysql://valeur", "triage.toml: [database] url: ", "sqlite:///triage.db"),
    ("sqlite:///triage.db", "sqlite:///", "triage.toml: [database] url: ", "sqlite:///triage.db"),
    ("# since = 2026-12-01", 'since = "valeur"', "triage.toml: [intake] since: ", "valid date"),
    ("# max_bytes = 41943040", "max_bytes = 10", "triage.toml: [intake] max_bytes: ", "or equal to 1048576"),
    ('# mode = "live"', 'mode = "valeur"', "triage.toml: [delivery] mode: ", "'live'"),
    ("# rate_per_minute = 20", "rate_per_minute = 0", "triage.toml: [delivery] rate_per_minute: ", "greater"),
    ('# level = "info"', 'level = "valeur"', "triage.toml: [logging] level: ", "'debug', 'info', 'warning' or 'error'"),
    ('host = "imap.cag.example"', 'hosst = "valeur"', "triage.toml: [imap] host: ", "is missing; add it"),
    ('host = "imap.cag.example"', 'host = "x"\nhosst = "valeur"', "triage.toml: [imap] hosst: ", "check its spelling"),
    ("[logging]", "[loging]", "triage.toml: [loging]: ", "check its spelling"),
    ("[logging]", '[logging]\nlevel = ["valeur"]', "triage.toml: [logging] level: ", "'debug'"),
    ('password_file = "imap-password"', 'password_file = "nulle-part"', "triage.toml: [imap] password_file: ", "cannot be read (FileNotFoundError)"),  # noqa: E501  a row
    ("[body]", "[body", "triage.toml: is not valid TOML: ", "line"),
    ("[body]", "[body]\n[body]", "triage.toml: is not valid TOML: ", "line"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "beginning", "mend"), WRONG, ids=[f"{row[1][:40]}" for row in WRONG])
def test_a_wrong_value_is_told_with_its_place_and_mend_and_without_itself(
    folder: Path, old: str, new: str, beginning: str, mend: str
) -> None:
    """File, section, key; what to write; never what was written."""
    change(folder, old, new)

    lines = refused(folder).splitlines()
    told = [line for line in lines if line.startswith(beginning)]

    assert 1 == len(told), lines
    assert mend in told[0]
    assert not any("valeur" in line for line in lines)


def test_all_faults_are_told_at_once(folder: Path) -> None:
    """A line each, so that one start is enough to mend them all."""
    change(folder, "# port = 993", "port = 0")
    change(folder, '# level = "info"', 'level = "loud"')
    change(folder, 'phone = "418 555-0100"', "")

    assert ["[body] phone", "[imap] port", "[logging] level"] == sorted(
        line.split(": ")[1] for line in refused(folder).splitlines()
    )


def test_a_file_that_is_not_utf_8_says_so(folder: Path) -> None:
    """As an old editor leaves it."""
    (folder / "triage.toml").write_bytes("[body]\nname = « é »".encode("latin-1"))

    assert "triage.toml: cannot be read (UnicodeDecodeError); it must be a UTF-8 text" == refused(folder)


def test_one_key_can_be_overridden_from_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TRIAGE_SECTION__KEY wins over the file, key by key; a list is JSON."""
    monkeypatch.setenv("TRIAGE_IMAP__HOST", "autre.example")
    monkeypatch.setenv("TRIAGE_INTAKE__SINCE", "2026-05-01")
    monkeypatch.setenv("TRIAGE_BODY__ALIASES", '["Ancienne@cag.example"]')
    settings = load_settings(folder)

    assert ("autre.example", "commentaires-plaintes@cag.example") == (settings.imap.host, settings.imap.username)
    assert ("2026-05-01", ("ancienne@cag.example",)) == (str(settings.intake.since), settings.body.aliases)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("TRIAGE_IMAP__PORT", "valeur", "triage.toml: [imap] port: "),
        ("TRIAGE_IMAP__HOSST", "valeur", "triage.toml: [imap] hosst: is not a key of this section"),
        ("TRIAGE_IMAP", "valeur", "triage.toml: [imap]: what the environment says of it is not JSON; set single keys"),
        ("TRIAGE_BODY__ALIASES", "valeur", "triage.toml: [body]"),
    ],
)
def test_a_wrong_value_of_the_environment_is_told_alike(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    """With section and mend, without the value."""
    monkeypatch.setenv(name, value)
    message = refused(folder)

    assert message.startswith(told)
    assert "valeur" not in message


def test_secrets_come_from_the_folder_of_credentials(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where systemd sets it; an absolute path is taken as it is; only line ends are cut off."""
    credentials = folder / "credentials"
    credentials.mkdir()
    (credentials / "imap-password").write_text("  d’ailleurs \r\n", encoding="utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    relative = load_configuration(folder).imap_password
    change(folder, 'password_file = "imap-password"', f'password_file = "{folder / "imap-password"}"')

    assert ("  d’ailleurs ", SECRET) == (relative, load_configuration(folder).imap_password)


def test_no_secret_shows_in_a_representation(folder: Path) -> None:
    """What a debugger or a careless log line would print."""
    assert SECRET not in repr(load_configuration(folder))


def test_the_folder_is_found_by_option_or_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The option wins; without either, or without the file, the message says what to do."""
    with pytest.raises(ConfigurationError, match="give --config DIR or set TRIAGE_CONFIG"):
        find_folder(None)
    with pytest.raises(ConfigurationError, match=r"name the folder that holds triage\.toml"):
        find_folder(folder / "ailleurs")
    monkeypatch.setenv("TRIAGE_CONFIG", str(folder))

    assert folder == find_folder(None)
    assert folder == find_folder(folder)


@pytest.mark.parametrize("url", ["postgresql+psycopg://valeur:abc@host:port/x", "postgresql+psycopg://valeur@[::1/x"])
def test_a_malformed_database_url_is_told_without_itself(folder: Path, url: str) -> None:
    """It may hold a password, although it should not."""
    change(folder, "sqlite:///triage.db", url)
    with pytest.raises(ConfigurationError, match=r"triage\.toml: \[database\] url: ") as caught:
        open_engine(load_configuration(folder))

    assert "valeur" not in str(caught.value)


def test_a_first_day_on_the_command_line_replaces_that_of_the_file(folder: Path) -> None:
    """And nothing else."""
    loaded = load_configuration(folder)
    day = loaded.settings.intake.since
    changed = loaded.since(date(2026, 7, 1))

    assert (None, date(2026, 7, 1)) == (day, changed.settings.intake.since)
    assert (loaded.settings.imap, loaded.imap_password) == (changed.settings.imap, changed.imap_password)
