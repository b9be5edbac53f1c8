"""CS960 to CS969, CS980 and CS985: calls that leave this machine, and files that are written."""

from callsheet.language.catalog import declare

declare(
    "CS960",
    "send-not-allowed",
    """An environment must set `allowSend: true` itself before anything is sent with its values.""",
)
declare(
    "CS961",
    "host-not-allowed",
    """A secret goes to the service that it is for, or to a host that is named outside of the workspace.

Otherwise a change of a file in the workspace could send a secret to any host, before
anybody has reviewed the change. The service is the host to which the environment's own reference leads
(Adobe's hosts for Journey Optimizer), and for `send` the host of the request. Another one, as a token
endpoint, a mail server that takes a login, or what a file of the workspace names by `file:`, is allowed by
`--allow-host HOST`, or for every command by the environment variable `CALLSHEET_ALLOW_HOSTS`. `HOST:PORT`
allows one port, `HOST` every port. On a terminal, `send` names it, and asks. The command is refused before
any other secret is resolved, and before anything is called.
""",
)
declare(
    "CS962",
    "cannot-send",
    """Only the journey tool itself can sign with Journey Optimizer's certificate credential.""",
)
declare("CS963", "no-token", """The token endpoint must answer with an access token.""")
declare(
    "CS964",
    "not-this-machine",
    """A stand-in (`send --to`) must be on this machine: `http://localhost:8025`.

Stand-ins for the secrets are sent to it, so that no account and no secret is needed.
""",
)
declare("CS965", "certificate-unusable", """The client certificate and its key must be PEM, and a pair.""")
declare("CS966", "cannot-sign-request", """The key of a signature must be written as the action says.""")
declare(
    "CS967",
    "cannot-export",
    """The other tool must be able to express the request.

No line of curl can hold a signature: it is made for each request, with the time. HTTPie cannot
write a header in which a backslash stands before one of `=:@;`.
""",
)
declare(
    "CS341",
    "secret-url",
    """A URL that is a secret must be one over https, of the host that the action states.

The URL of an incoming webhook is a credential: whoever knows it can write to the channel. The action names
it by a reference, and states the host, by which reviews and policies know the call. What the secret
is can only be checked when it is sent, and it is never printed.
""",
)
declare(
    "CS968",
    "cannot-listen",
    """`callsheet emulate` must be able to listen on its port of this machine.""",
)
declare(
    "CS969",
    "not-one-line",
    """A header or a login must contain no control character; a header must be ASCII.

Line ends and a byte order mark around a secret are stripped. A line break within it, or a letter with an
accent or a space at an end of a header, is refused by the name of the reference before anything is sent.
""",
)
declare(
    "CS980",
    "host-name",
    """`--allow-host` and `CALLSHEET_ALLOW_HOSTS` must name hosts, such as `login.example.com`.

With a port, as `localhost:8080`, only that one is allowed. Several are separated by commas or spaces.
""",
)
declare(
    "CS985",
    "link-in-own-folder",
    """A file that callsheet writes must not be a symbolic link: databases, the cache, a folder target.

A commit can contain such a link, and following it would write outside of the workspace. What `--out` and
other options name may be a link, but for one in a repository that leads out of it, or into `.git`.
""",
)
