"""The configuration of a private Dovecot 2.3: everything in one folder, on loopback, any user, one password.

Besides 127.0.0.1 it answers on 127.0.0.2 without MOVE and on 127.0.0.3 without MOVE, UIDPLUS and IDLE.
"""

import getpass
import grp
import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tests.servers.certificates import Certificate

WITHOUT_MOVE = "127.0.0.2"
WITHOUT_UIDPLUS = "127.0.0.3"
PASSWORD = "mot-de-passé-fictif"
_BASIC = "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE LITERAL+ UNSELECT NAMESPACE"

_SERVER = Template("""\
base_dir = $folder/run
state_dir = $folder/state
log_path = $folder/dovecot.log
listen = 127.0.0.1, $without_move, $without_uidplus
protocols = imap lmtp
ssl = yes
ssl_cert = <$certificate
ssl_key = <$key
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
login_trusted_networks = 127.0.0.0/8
mail_location = maildir:$folder/mail/%n/Maildir
mail_fsync = never
mail_max_userip_connections = 200
first_valid_uid = 1
first_valid_gid = 1
passdb {
  driver = static
  args = password=$password
}
userdb {
  driver = static
  args = uid=$uid gid=$gid home=$folder/mail/%n allow_all_users=yes
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  inet_listener imap {
    port = $imap_port
  }
  inet_listener imaps {
    port = $imaps_port
    ssl = yes
  }
}
# No pauses for everybody after somebody's wrong password.
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = $lmtp_port
  }
}
# As Exchange Online: no Delivered-To tells afterwards for which address a mail came.
lmtp_hdr_delivery_address = none
# Where a mail server asks whether a password is right.
service auth {
  inet_listener {
    address = 127.0.0.1
    port = $auth_port
  }
}
local $without_move {
  protocol imap {
    imap_capability = $basic IDLE UIDPLUS
  }
}
local $without_uidplus {
  protocol imap {
    imap_capability = $basic
  }
}
""")

# An ordinary user cannot become another one, nor lock itself into a folder.
_ORDINARY_USER = Template("""\
default_internal_user = $user
default_login_user = $user
default_internal_group = $group
service imap-login {
  chroot =
}
service anvil {
  chroot =
}
""")


# Tokens beside the password: whoever gives them is asked about each.
_TOKENS = Template("""\
auth_mechanisms = plain login xoauth2
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = $folder/oauth2.conf
}
""")


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the server listens."""

    imap: int
    imaps: int
    lmtp: int
    auth: int


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns the stored mail: nobody under root (Dovecot refuses to serve root's mail), else ourselves."""

    uid: int
    gid: int


def find_owner() -> Owner:
    """The owner that fits who runs the tests."""
    if os.geteuid() != 0:
        return Owner(uid=os.geteuid(), gid=os.getegid())
    nobody = pwd.getpwnam("nobody")
    return Owner(uid=nobody.pw_uid, gid=nobody.pw_gid)


def write_token_settings(*, folder: Path, info_url: str | None) -> str:
    """What is added to dovecot.conf so that tokens (XOAUTH2) are taken, each asked about at `info_url`; None for none.

    Writes the file that it names beside.
    """
    if info_url is None:
        return ""
    (folder / "oauth2.conf").write_text(
        f"tokeninfo_url = {info_url}\nusername_attribute = username\n", encoding="utf-8"
    )
    return _TOKENS.substitute(folder=folder)


def write_configuration(*, folder: Path, ports: Ports, owner: Owner, certificate: Certificate) -> str:
    """The text of dovecot.conf; mail goes to `folder`/mail."""
    text = _SERVER.substitute(
        folder=folder,
        imap_port=ports.imap,
        imaps_port=ports.imaps,
        lmtp_port=ports.lmtp,
        auth_port=ports.auth,
        uid=owner.uid,
        gid=owner.gid,
        certificate=certificate.cert_file,
        key=certificate.key_file,
        password=PASSWORD,
        without_move=WITHOUT_MOVE,
        without_uidplus=WITHOUT_UIDPLUS,
        basic=_BASIC,
    )
    if os.geteuid() == 0:
        return text
    return text + _ORDINARY_USER.substitute(user=getpass.getuser(), group=grp.getgrgid(os.getegid()).gr_name)
