"""Everything about this installation that is decided outside the code, read once and never changed."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dmas.core import executors
from dmas.core.embedded import default_var
from dmas.core.errors import Misconfigured

EXIT_MISCONFIGURED = 78  # EX_CONFIG of sysexits.h
SHORTEST_SECRET = 32
WELL_KNOWN_SECRETS = ("secret", "change-me", "changeme", "development", "dev", "dmas")
TRUE, FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


class Environment(StrEnum):
    """What this installation is for."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class Tls(StrEnum):
    """How the way to the mail server is encrypted: the schemes of DMAS_SMTP_URL."""

    FROM_THE_START = "smtps"
    STARTTLS = "smtp+starttls"
    NONE = "smtp"


SMTP_PORTS = {Tls.FROM_THE_START: 465, Tls.STARTTLS: 587, Tls.NONE: 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes our emails."""

    host: str
    port: int
    tls: Tls
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One installation. Secrets are left out of its printed form."""

    environment: Environment = Environment.DEVELOPMENT
    secret_key: str = field(repr=False)
    database_url: str | None = field(default=None, repr=False)
    base_url: str = "http://localhost:8000"
    demo: bool = False
    debug: bool = False
    second_factor: bool = False
    proxies: int = 0
    log_level: str = "INFO"
    mail_server: MailServer | None = None
    mail_from: str = "dmas@localhost"
    var: Path = Path("var")

    @property
    def production(self) -> bool:
        """Say whether real people's data may be here."""
        return self.environment is Environment.PRODUCTION

    @property
    def host_name(self) -> str:
        """Return the host people type, without a port."""
        return urlsplit(self.base_url).hostname or "localhost"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings; raise Misconfigured, which names a setting and never shows its value."""
        var = default_var(environ)
        environment = _environment(environ)
        production = environment is Environment.PRODUCTION
        settings = cls(
            environment=environment,
            secret_key=environ.get("SECRET_KEY") or ("" if production else _own_secret(var)),
            database_url=environ.get("DATABASE_URL") or None,
            base_url=(environ.get("DMAS_BASE_URL") or "http://localhost:8000").rstrip("/"),
            demo=_switch(environ, "DMAS_DEMO"),
            debug=_switch(environ, "DMAS_DEBUG") or _switch(environ, "FLASK_DEBUG"),
            second_factor=_switch(environ, "DMAS_SECOND_FACTOR"),
            proxies=_whole_number(environ, "DMAS_PROXIES", low=0, high=5, otherwise=0),
            log_level=_log_level(environ),
            mail_server=_mail_server(environ),
            mail_from=_mail_from(environ),
            var=var,
        )
        _check_secret(settings)
        executors.check(environ)
        if production:
            _check_production(settings)
        return settings


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of this process; on a bad one say which on standard error and exit with 78."""
    try:
        return Settings.from_environ(os.environ if environ is None else environ)
    except Misconfigured as error:
        sys.stderr.write(f"dmas cannot start: {error}\n")
        raise SystemExit(EXIT_MISCONFIGURED) from error


def _environment(environ: Mapping[str, str]) -> Environment:
    try:
        return Environment(environ.get("DMAS_ENV") or Environment.DEVELOPMENT)
    except ValueError:
        raise Misconfigured("DMAS_ENV must be development, test or production.") from None


def _switch(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name, "").strip().lower()
    if value not in TRUE | FALSE:
        raise Misconfigured(f"{name} must be 1 or 0.")
    return value in TRUE


def _whole_number(environ: Mapping[str, str], name: str, *, low: int, high: int, otherwise: int) -> int:
    value = environ.get(name, "").strip()
    if not value:
        return otherwise
    if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
        raise Misconfigured(f"{name} must be a whole number from {low} to {high}.")
    return int(value)


def _log_level(environ: Mapping[str, str]) -> str:
    level = (environ.get("DMAS_LOG_LEVEL") or "INFO").upper()
    if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise Misconfigured("DMAS_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR.")
    return level


def _mail_server(environ: Mapping[str, str]) -> MailServer | None:
    url = environ.get("DMAS_SMTP_URL", "").strip()
    if not url:
        return None
    try:
        parts = urlsplit(url)
        tls, port = Tls(parts.scheme), parts.port
    except ValueError:
        parts, tls, port = urlsplit(""), Tls.NONE, None
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise Misconfigured(
            "DMAS_SMTP_URL must look like smtps://user:password@host:465, smtp+starttls://… or smtp://host:25."
        )
    return MailServer(
        host=parts.hostname,
        port=port or SMTP_PORTS[tls],
        tls=tls,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _mail_from(environ: Mapping[str, str]) -> str:
    sender = environ.get("DMAS_MAIL_FROM", "").strip()
    if not sender:
        return "dmas@localhost"
    local, at, domain = sender.partition("@")
    if not (local and at and domain) or "@" in domain or not sender.isprintable() or " " in sender:
        raise Misconfigured("DMAS_MAIL_FROM must be one email address, such as no-reply@dmas.example.")
    return sender


def _check_secret(settings: Settings) -> None:
    if len(settings.secret_key) < SHORTEST_SECRET:
        raise Misconfigured(f"SECRET_KEY must be set to at least {SHORTEST_SECRET} random characters.")
    repeated = len(set(settings.secret_key)) < 8
    if repeated or settings.secret_key.lower().startswith(WELL_KNOWN_SECRETS):
        raise Misconfigured("SECRET_KEY must be random: make one with openssl rand -base64 48.")


def _check_production(settings: Settings) -> None:
    if settings.debug:
        raise Misconfigured("DMAS_DEBUG and FLASK_DEBUG must be off in production.")
    if settings.demo:
        raise Misconfigured("DMAS_DEMO must be off in production: the demo lets anybody in.")
    if urlsplit(settings.base_url).scheme != "https":
        raise Misconfigured("DMAS_BASE_URL must begin with https:// in production.")
    if settings.database_url is None:
        raise Misconfigured("DATABASE_URL must be set in production.")
    if settings.mail_server is None:
        raise Misconfigured("DMAS_SMTP_URL must be set in production: nobody hears of anything without it.")
    if settings.mail_server.tls is Tls.NONE:
        raise Misconfigured("DMAS_SMTP_URL must begin with smtps:// or smtp+starttls:// in production.")
    if settings.mail_from.endswith("@localhost"):
        raise Misconfigured("DMAS_MAIL_FROM must be set in production.")


def _own_secret(var: Path) -> str:
    """Return this folder's own secret, made on first use and readable by its owner only.

    It appears under its name with all its letters or not at all: several processes may start at once.
    """
    file = var / "secret-key"
    if not file.exists():
        var.mkdir(parents=True, exist_ok=True)
        written = var / f"secret-key.{secrets.token_hex(8)}"
        with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(written, file)
        written.unlink()
    return file.read_text(encoding="ascii").strip()
