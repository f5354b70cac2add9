"""Everything about this installation that is decided outside the code, read once and never changed."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

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
            var=var,
        )
        _check_secret(settings)
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


def _own_secret(var: Path) -> str:
    """Return this folder's own secret, made on first use and readable by its owner only."""
    file = var / "secret-key"
    var.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as opened:
        secret = secrets.token_urlsafe(48)
        opened.write(secret)
    return secret
