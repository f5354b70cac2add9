"""One page for each request, offer or transfer: timeline, owner, next step."""
