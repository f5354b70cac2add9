"""Published figures in words: usual waits wherever one is shown, and the page that compares them."""

from dmas.published.presenters.waits import NOT_KNOWN, grouped, said, short, whose

__all__ = ["NOT_KNOWN", "grouped", "said", "short", "whose"]
