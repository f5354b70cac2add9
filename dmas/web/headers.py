"""Security headers on every response, and how long a browser may keep it."""

from __future__ import annotations

import secrets

from flask import Flask, g, request
from werkzeug.wrappers import Response

YEAR = 31_536_000

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-DNS-Prefetch-Control": "off",
    "Strict-Transport-Security": f"max-age={YEAR}; includeSubDomains",  # browsers obey it over https only
}


def nonce() -> str:
    """Return this response's script nonce, made on first use so that an early refusal has one too."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    return str(g.csp_nonce)


def content_security_policy() -> str:
    """Return the policy: our own files, scripts by nonce only, nothing inline, nowhere to be framed."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce()}'",
            "style-src 'self'",
            "img-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def apply(response: Response) -> Response:
    """Set the thirteen headers; pages are never stored, named versions of static files for a year."""
    response.headers.update(ALWAYS)
    response.headers["Content-Security-Policy"] = content_security_policy()
    response.headers["Cache-Control"] = _keeping(response)
    return response


def init_app(app: Flask) -> None:
    """Put the headers on every response of an app and give its templates the nonce."""
    app.after_request(apply)
    app.jinja_env.globals["csp_nonce"] = nonce


def _keeping(response: Response) -> str:
    if request.endpoint == "static" and response.status_code in {200, 304}:
        return f"public, max-age={YEAR}, immutable" if "v" in request.args else "public, max-age=3600"
    return "no-store"
