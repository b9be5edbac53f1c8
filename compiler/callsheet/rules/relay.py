"""CS878 to CS889: who may call a relay, where it listens, and what it answers by itself."""

from callsheet.language.catalog import declare

declare(
    "CS878",
    "relay-without-callers",
    """A relay must know who may call it: by a key, or by a client certificate.

    callsheet relay -e production --key env:RELAY_KEY
    callsheet relay -e production --tls-cert relay.pem --tls-key relay.key --client-ca clients.pem

With both, a caller needs both.
""",
)
declare(
    "CS879",
    "relay-key",
    """The key of a relay must have 16 characters at least, and there may be two.

A second key is for the time in which callers change from one to the other. `openssl rand -hex 32` prints
a good one. A key in a file is read again while the relay runs; one that cannot be read for 60 seconds
counts no more.
""",
)
declare(
    "CS880",
    "relay-certificate",
    """The certificate of a relay and its key must be PEM, and a pair.

The authorities of clients (`--client-ca`) are PEM too, and need `--tls-cert` and `--tls-key`. Where many
others have a certificate of the same authority, `--client-name` says whose is accepted.
""",
)
declare(
    "CS881",
    "relay-cannot-listen",
    """`callsheet relay` must be able to listen on its address and port.""",
)
declare(
    "CS883",
    "relay-unauthorized",
    """A caller of a relay must send a key of it, in `X-Callsheet-Key` or as a bearer token.

The relay answers 401. It sends nothing, and does not say whether there is such an action.
""",
)
declare(
    "CS884",
    "relay-unknown-action",
    """An action that is called must be one that was applied in the environment of the relay.

The relay answers 404. `callsheet list -e ENV` shows what the workspace defines, and
`callsheet history -e ENV` what was applied.
""",
)
declare(
    "CS885",
    "relay-request",
    """A call of a relay must be a POST of one JSON object, in UTF-8, with each name once.

The relay answers 400, 405, 408, 413 or 415, and sends nothing. Bounds: `--max-body` bytes, 32 levels,
10 seconds for the whole body. An encoded body (`Content-Encoding`), and one with two lengths
(`Content-Length` and `Transfer-Encoding`), is refused.
""",
)
declare(
    "CS886",
    "relay-key-used",
    """An `Idempotency-Key` must be used again only for the same parameters of the same action.

The relay answers 422, and sends nothing. The key of a journey's call contains what makes the call unique,
such as the identifier of the event.
""",
)
declare(
    "CS887",
    "relay-busy",
    """A relay must have room for a call: a turn, a slot of each rate, and a place for its key.

It answers 429 where too many calls wait (`--max-waiting`) or a rate is exceeded, and 503 where the turn to
be put together or to be sent does not come before the deadline, where no more idempotency keys can be
kept, and while it stops. Nothing was sent, and the call can be made again.
""",
)
declare(
    "CS888",
    "relay-no-answer",
    """The service must answer, whole and in time, and not by a redirect.

The relay answers 504 where the time is over, else 502: also where the answer is longer than 1 MiB. The
message says whether nothing was sent, or whether it is not known what the service did. Only the first may
be repeated without an idempotency key.
""",
)
declare(
    "CS889",
    "relay-not-served",
    """An action must be at the target as it was applied, and call a host that is fixed.

The relay answers 503, and sends nothing. What was changed at the target by other means was reviewed by
nobody: `callsheet drift` shows it. An action whose token endpoint is at another host is served once that
host is allowed (CS961). The log of the relay says which it is.
""",
)
