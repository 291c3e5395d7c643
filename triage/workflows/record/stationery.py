"""What letters are written with: letterhead, templates, zone, and the key that signs references."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from triage.mail.writing.templates import Templates
from triage.model.delivery import DeliveryModes
from triage.model.notice import Letterhead


@dataclass(frozen=True, slots=True)
class Stationery:
    """`domain` stands after the @ of our Message-IDs; `signing_key` is the newest one.

    `plus_addressing` says that the server delivers `box+anything@domain` to the box; `scans` that
    attachments wait for a scanner for viruses.
    """

    letterhead: Letterhead
    templates: Templates
    zone: ZoneInfo
    domain: str
    signing_key: bytes = field(repr=False)
    plus_addressing: bool = False
    modes: DeliveryModes = field(default_factory=DeliveryModes)
    scans: bool = False
