"""The composition root: the only place that names every concrete adapter and turns settings into values."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError

from triage.daemon.agents import agents_policy
from triage.daemon.alarms import Alarms, OfficeHours
from triage.daemon.clock import Clock, chance, utc_now
from triage.daemon.digests import deadlines_of, digests_of
from triage.daemon.keeping.tenure import Tenure
from triage.daemon.papers import PaperDesk, paper_desk
from triage.daemon.pulse import Pulse
from triage.daemon.rereading.scanning import scanner_of
from triage.daemon.tokens import token_source
from triage.daemon.watched import WatchedMailbox
from triage.mail.writing.templates import load_templates
from triage.model.codes import DeliveryMode
from triage.model.decision import IntakePolicy
from triage.model.delivery import DeliveryModes, DeliveryPolicy
from triage.model.errors import ConfigurationError
from triage.model.health import Level
from triage.model.judgement import AnsweringCaps
from triage.model.notice import Letterhead
from triage.model.trust import TrustPolicy, TrustProfile
from triage.rules.checking.database import judge_durability
from triage.rules.sending_rate import SendingRate
from triage.settings.dated import load_calendar, load_standards
from triage.settings.defaults import templates_dir
from triage.settings.hours import read_opening_hours
from triage.settings.loading import Configuration
from triage.settings.schema import Body, Settings
from triage.settings.staff import staff_of
from triage.store.database import Database
from triage.store.engine import make_engine, transaction
from triage.store.health.durability import read_durability
from triage.store.keys import signing_keys
from triage.store.schema import HEAD, current_revision, migrate
from triage.transport.credentials import Tokens
from triage.transport.imap import ImapAccess, ImapMailbox
from triage.transport.sandbox import Sandbox
from triage.transport.smtp import SmtpAccess, SmtpSender
from triage.workflows.deadlines import Deadlines
from triage.workflows.delivery import Delivery, Dispatcher
from triage.workflows.digest import Digests
from triage.workflows.intake import Intake
from triage.workflows.ports import Mailbox, MailSender
from triage.workflows.receiving import Receiving
from triage.workflows.record import Stationery
from triage.workflows.replies import Replies
from triage.workflows.scanning import Scanning
from triage.workflows.tidying import Tidying

TEMPLATES = "templates"
"""An operator's folder of templates, inside the configuration folder."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the daemon runs on."""

    database: Database
    mailbox: Mailbox
    sender: MailSender
    reader: Sandbox
    receiving: Receiving
    tidying: Tidying
    intake: Intake
    dispatcher: Dispatcher
    papers: PaperDesk
    digests: Digests
    deadlines: Deadlines
    scanning: Scanning
    alarms: Alarms = field(default_factory=Alarms)
    tenure: Tenure | None = None
    clock: Clock = utc_now


def open_engine(configuration: Configuration) -> Engine:
    """An engine for the configured database; a relative SQLite file lies in the configuration folder.

    Raises `ConfigurationError` for what is no URL, and where the driver is not installed.
    """
    section = configuration.settings.database
    url = section.url
    scheme, slashes, path = url.partition("///")
    if scheme == "sqlite:" and not path.startswith("/"):
        url = f"{scheme}{slashes}{configuration.folder / path}"
    try:
        return make_engine(url, password=configuration.database_password)
    except (ArgumentError, ValueError):  # a port that is no number, for instance; the texts would repeat the URL
        raise ConfigurationError("triage.toml: [database] url: is not a URL; compare it with the example") from None
    except ModuleNotFoundError:
        raise ConfigurationError(
            "triage.toml: [database] url: its driver is not installed: pip install 'triage-plaintes[postgres]'"
        ) from None


def prepare_schema(engine: Engine) -> None:
    """An empty database gets its schema; one of another release is an error that names the command to run."""
    if current_revision(engine) is None:
        migrate(engine)
    require_schema(engine)


def require_schema(engine: Engine) -> None:
    """Refuse an empty database, and one of another release, with the command to run; nothing is made or changed.

    Raises `ConfigurationError`: whoever only reads must not make a schema, nor a file that the service cannot write.
    """
    revision = None if _is_unwritten(engine) else current_revision(engine)
    if revision is None:
        raise ConfigurationError("this database is empty: start the daemon or run `triage migrate`")
    if revision != HEAD:
        raise ConfigurationError(
            f"the database has schema {revision}, this release needs {HEAD}: run `triage migrate` (make a backup first)"
        )


def _is_unwritten(engine: Engine) -> bool:
    # Even to connect would make the file.
    if engine.dialect.name != "sqlite":
        return False
    file = Path(engine.url.database or "")
    return not file.exists() or not file.stat().st_size


def require_durability(engine: Engine) -> None:
    """Refuse a database that may forget what it has committed (MUST 1); `ConfigurationError` names the mend."""
    problems = [each for each in judge_durability(read_durability(engine)) if each.level is Level.PROBLEM]
    if problems:
        raise ConfigurationError("; ".join(f"{each.sentence}: {each.mend}" for each in problems))


def build(
    configuration: Configuration,
    engine: Engine,
    *,
    on_enqueued: Callable[[], None],
    pulse: Pulse | None = None,
    tenure: Tenure | None = None,
    clock: Clock = utc_now,
) -> Parts:
    """Everything wired together; nothing is connected yet. Without `tenure` nobody else may write (tests)."""
    settings = configuration.settings
    zone = ZoneInfo(settings.body.time_zone)
    observing = settings.delivery.mode is DeliveryMode.OBSERVE
    database = Database(engine) if tenure is None else Database(engine, fence=tenure.check)
    tokens = token_source(configuration)
    mailbox = WatchedMailbox(ImapMailbox(imap_access(configuration, tokens)), pulse or Pulse())
    sender = SmtpSender(smtp_access(configuration, tokens))
    reader = Sandbox()
    stationery = stationery_of(configuration, engine, now=clock())
    policy = DeliveryPolicy(unknown_wait=timedelta(seconds=settings.smtp.dot_timeout_seconds))
    judging = intake_policy(configuration)
    office = OfficeHours(read_opening_hours(settings.body.opening_hours), judging.calendar)
    alarms = Alarms(settings.alert.command, office=office, clock=clock)
    return Parts(
        database=database,
        mailbox=mailbox,
        sender=sender,
        reader=reader,
        receiving=Receiving(database, mailbox, zone, settings.intake.since, settings.intake.max_bytes, alarm=alarms),
        tidying=Tidying(database, mailbox, observing=observing),
        intake=Intake(
            database=database,
            reader=reader,
            policy=judging,
            stationery=stationery,
            on_enqueued=on_enqueued,
            alarm=alarms,
            staff_desk=Replies(judging, stationery, alarms, agents_policy(settings)),
        ),
        dispatcher=Dispatcher(
            Delivery(database, sender, policy, clock, chance, observing=observing, alarm=alarms),
            rate=SendingRate(per_minute=settings.delivery.rate_per_minute),
        ),
        papers=paper_desk(configuration),
        tenure=tenure,
        digests=digests_of(configuration, database, stationery, on_enqueued=on_enqueued),
        deadlines=deadlines_of(configuration, database, stationery, on_enqueued=on_enqueued),
        scanning=Scanning(
            database, scanner_of(configuration), judging.staff, stationery, on_enqueued=on_enqueued, alarm=alarms
        ),
        alarms=alarms,
        clock=clock,
    )


def letterhead_of(body: Body) -> Letterhead:
    """The body as letters print it."""
    return Letterhead(
        name=body.name,
        short_name=body.short_name,
        unit=body.unit,
        address=body.address,
        display_name=body.display_name,
        phone=body.phone,
        access_address=body.access_address,
        review_by=body.review_by,
    )


def own_addresses_of(settings: Settings) -> frozenset[str]:
    """The mailbox and its former addresses, lower-case."""
    return frozenset((settings.body.address, *settings.body.aliases))


def trust_of(settings: Settings) -> TrustPolicy:
    """Whose word is believed about senders; our mail domains are those of our addresses."""
    authority = settings.authority
    return TrustPolicy(
        profile=TrustProfile(authority.profile),
        authserv_id=authority.authserv_id or "",
        own_hosts=frozenset(authority.own_hosts),
        own_domains=frozenset(address.rpartition("@")[2] for address in own_addresses_of(settings)),
    )


def intake_policy(configuration: Configuration) -> IntakePolicy:
    """What the body decided about intake. Raises `ConfigurationError` where a dated file is wrong."""
    settings: Settings = configuration.settings
    received_by = settings.intake.received_by
    zone = ZoneInfo(settings.body.time_zone)
    return IntakePolicy(
        own_addresses=own_addresses_of(settings),
        own_domain=_domain(settings),
        received_by=None if received_by is None else received_by.lower(),
        calendar=load_calendar(configuration.folder, zone=zone),
        standards=load_standards(configuration.folder),
        trust=trust_of(settings),
        caps=AnsweringCaps(
            sender_per_hour=settings.delivery.sender_per_hour,
            sender_per_day=settings.delivery.sender_per_day,
            domain_per_hour=settings.delivery.domain_per_hour,
            total_per_hour=settings.delivery.total_per_hour,
            exempt_domains=frozenset(settings.delivery.domains_of_many),
        ),
        observing=settings.delivery.mode is DeliveryMode.OBSERVE,
        staff=staff_of(configuration),
    )


def stationery_of(configuration: Configuration, engine: Engine, *, now: datetime | None = None) -> Stationery:
    """What letters are written with. Raises `ConfigurationError` where a template is wrong."""
    settings = configuration.settings
    with transaction(engine) as tx:
        newest, *_ = signing_keys(tx, now=now or utc_now())
    folders = (configuration.folder / TEMPLATES, templates_dir())
    return Stationery(
        letterhead=letterhead_of(settings.body),
        templates=load_templates([folder for folder in folders if folder.is_dir()]),
        zone=ZoneInfo(settings.body.time_zone),
        domain=_domain(settings),
        signing_key=newest,
        plus_addressing=settings.body.plus_addressing,
        scans=bool(settings.scan.clamd),
        modes=DeliveryModes(settings.delivery.mode, settings.delivery.modes),
    )


def _domain(settings: Settings) -> str:
    return settings.body.address.rpartition("@")[2]


def imap_access(configuration: Configuration, tokens: Tokens | None = None) -> ImapAccess:
    """How the mailbox is reached; `tokens` None makes a source of its own where the configuration asks for one."""
    imap = configuration.settings.imap
    return ImapAccess(
        host=imap.host,
        port=imap.port,
        tls=imap.tls,
        ca_file=None if imap.ca_file is None else str(configuration.folder / imap.ca_file),
        username=imap.username,
        password=configuration.imap_password,
        inbox=imap.inbox,
        processed=imap.processed,
        tokens=(tokens or token_source(configuration)) if imap.auth == "xoauth2" else None,
        observing=configuration.settings.delivery.mode is DeliveryMode.OBSERVE,
    )


def smtp_access(configuration: Configuration, tokens: Tokens | None = None) -> SmtpAccess:
    """How the mail server is reached; `tokens` as above. Raises `ConfigurationError` for one elsewhere without TLS."""
    smtp = configuration.settings.smtp
    return SmtpAccess(
        host=smtp.host,
        port=smtp.port,
        tls=smtp.tls,
        ca_file=None if smtp.ca_file is None else configuration.folder / smtp.ca_file,
        username=smtp.username,
        password=configuration.smtp_password or "",
        dot_timeout_seconds=smtp.dot_timeout_seconds,
        tokens=(tokens or token_source(configuration)) if smtp.auth == "xoauth2" else None,
    )
