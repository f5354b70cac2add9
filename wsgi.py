"""The WSGI application, for servers that are told a module: `gunicorn wsgi:app`."""

from dmas.app import create_app

app = create_app()
