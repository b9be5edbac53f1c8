"""A compiled action × parameters → one HTTP request."""

from callsheet.calling.request import NO_PAYLOAD, Request, build_request

__all__ = ["NO_PAYLOAD", "Request", "build_request"]
