"""The pages of accounts. `blueprint` is registered by the app; `enter` puts a sign-in into a browser."""

from dmas.accounts.views import account, people, signing_in
from dmas.accounts.views.blueprint import blueprint
from dmas.accounts.views.browser import enter

__all__ = ["account", "blueprint", "enter", "people", "signing_in"]
