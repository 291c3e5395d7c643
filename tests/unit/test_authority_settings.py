"""`[authority]`: what each profile needs, and what becomes of it in the policy."""

from pathlib import Path

import pytest

from triage.daemon.build import own_addresses_of, trust_of
from triage.model.errors import ConfigurationError
from triage.model.trust import TrustPolicy, TrustProfile
from triage.settings.loading import load_settings
from triage.settings.schema import Settings

SETTINGS = """
[body]
name = "Organisme de fiction"
short_name = "ODF"
unit = "Direction des plaintes"
address = "Plaintes@cag.example"
aliases = ["ancienne@ailleurs.example"]
display_name = "Plaintes"
phone = "418 555-0100"
access_address = "acces@cag.example"
[imap]
host = "imap.cag.example"
username = "plaintes"
password_file = "password"
[smtp]
host = "smtp.cag.example"
[database]
url = "sqlite:///triage.db"
[authority]
"""


OWN_DOMAINS = frozenset({"cag.example", "ailleurs.example"})


def settings_with(folder: Path, authority: str = "") -> Settings:
    """A whole configuration with these lines in its last section."""
    (folder / "triage.toml").write_text(SETTINGS + authority, encoding="utf-8")
    return load_settings(folder)


def test_nobody_is_believed_until_somebody_chooses(tmp_path: Path) -> None:
    """The default trusts no server."""
    assert TrustProfile.NONE == trust_of(settings_with(tmp_path)).profile


def test_names_are_compared_in_lower_case_and_our_domains_are_known(tmp_path: Path) -> None:
    """Copied from headers as they stand."""
    m365 = trust_of(settings_with(tmp_path, 'profile = "m365"\nown_hosts = [".Prod.Outlook.com", "EDGE.cag.example"]'))
    hosts = frozenset({".prod.outlook.com", "edge.cag.example"})
    authres = trust_of(settings_with(tmp_path, 'profile = "authres"\nauthserv_id = "MX.cag.example"'))

    assert TrustPolicy(TrustProfile.M365, own_hosts=hosts, own_domains=OWN_DOMAINS) == m365
    assert (TrustProfile.AUTHRES, "mx.cag.example") == (authres.profile, authres.authserv_id)


@pytest.mark.parametrize(
    ("authority", "told"),
    [
        ('profile = "authres"', "authserv_id is missing"),
        ('profile = "m365"', "own_hosts is missing"),
        ('profile = "gmail"', "[authority] profile"),
        ('authserv_id = "mx.cag.example; dmarc=pass"', "[authority] authserv_id: is not a server's name"),
        ('own_hosts = [".com"]', "[authority] own_hosts"),
        ('own_hosts = ["*.prod.outlook.com"]', "[authority] own_hosts"),
        ('own_hosts = [""]', "[authority] own_hosts"),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_its_key(tmp_path: Path, authority: str, told: str) -> None:
    """A profile without its names would silently prove nothing."""
    with pytest.raises(ConfigurationError) as refused:
        settings_with(tmp_path, authority)

    assert told in str(refused.value)


def test_former_addresses_are_ours_too(tmp_path: Path) -> None:
    """Mail to a mailbox that is redirected here is addressed to us."""
    expected = frozenset({"plaintes@cag.example", "ancienne@ailleurs.example"})

    assert expected == own_addresses_of(settings_with(tmp_path))
