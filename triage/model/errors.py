"""What the ports raise: the world is broken. Expected outcomes are values instead (`model.delivery`)."""

from datetime import timedelta
from enum import StrEnum


class MailboxUnavailable(Exception):
    """The connection to the mailbox is lost or cannot be made; connect again after a pause.

    `not_before` is what the server asked for (MUST 13, Exchange throttling).
    """

    def __init__(self, message: str, *, not_before: timedelta | None = None) -> None:
        super().__init__(message)
        self.not_before = not_before


class MailboxRefused(Exception):
    """The server refuses us (credentials, a folder that is missing): only a person can mend it."""


class MoveRefused(Exception):
    """The server does not take mail into the processed folder; the connection stands.

    `code` is the server's response code (OVERQUOTA, NOPERM …), None where it gave none that we know.
    """

    def __init__(self, code: str | None = None) -> None:
        super().__init__("the mail server refuses to move mail")
        self.code = code


class LoginRefused(MailboxRefused):
    """The server does not let us in, `in_a_row` times since it last did: user name, password or token."""

    def __init__(self, message: str, *, in_a_row: int = 1) -> None:
        super().__init__(message)
        self.in_a_row = in_a_row


class ReaderFailure(StrEnum):
    """Why the sandbox gave no answer."""

    TIMEOUT = "timeout"
    DIED = "died"
    ERROR = "error"


class ReaderFailed(Exception):
    """The sandbox gave no answer for one message; the message itself may be the cause.

    `fatal` says that it cost the worker its life: it must not be tried again (MUST 15).
    """

    def __init__(self, failure: ReaderFailure) -> None:
        super().__init__(f"the reader gave no answer ({failure})")
        self.failure = failure

    @property
    def fatal(self) -> bool:
        return self.failure is not ReaderFailure.ERROR


class NotAnArchive(Exception):
    """A file or folder is not what it was said to be; the text says so in words."""


class ScannerUnavailable(Exception):
    """The scanner for viruses gave no verdict: nothing was found and nothing was excluded. Ask again later."""

    def __init__(self, failure: str) -> None:
        super().__init__(f"the scanner gave no verdict ({failure})")


class ConfigurationError(Exception):
    """A value of the configuration is wrong: the text names the file, the key and the mend."""


class NoConfiguration(ConfigurationError):
    """No folder of configuration was named, or the wrong one: a mistake of usage, not a fault in a file."""
