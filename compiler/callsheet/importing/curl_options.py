"""The options of curl 8 (curl(1)): their letters, which take a value, and which cannot be an action's."""

from __future__ import annotations

_LETTERS = """
    #=progress-bar 0=http1.0 1=tlsv1 2=sslv2 3=sslv3 4=ipv4 6=ipv6 A=user-agent B=use-ascii
    C=continue-at D=dump-header E=cert F=form G=get H=header I=head J=remote-header-name K=config
    L=location M=manual N=no-buffer O=remote-name P=ftp-port Q=quote R=remote-time S=show-error
    T=upload-file U=proxy-user V=version X=request Y=speed-limit Z=parallel :=next a=append b=cookie
    c=cookie-jar d=data e=referer f=fail g=globoff h=help i=include j=junk-session-cookies k=insecure
    l=list-only m=max-time n=netrc o=output p=proxytunnel q=disable r=range s=silent t=telnet-option
    u=user v=verbose w=write-out x=proxy y=speed-time z=time-cond
"""
LONG_OF = dict(one.split("=", 1) for one in _LETTERS.split())
"""The long names of the options of one letter."""

_FLAGS_THAT_CHANGE_NOTHING = frozenset(
    """
    silent show-error include verbose fail fail-with-body fail-early progress-bar progress-meter
    http1.1 http2 http3 ipv4 ipv6
    no-buffer buffer tcp-nodelay tcp-fastopen ssl ssl-reqd ssl-no-revoke ssl-allow-beast path-as-is
    disable tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 sslv2 sslv3 basic keepalive retry-all-errors
    retry-connrefused remote-name remote-name-all remote-header-name remote-time create-dirs
    styled-output raw sessionid alpn npn tr-encoding junk-session-cookies disallow-username-in-url
    ca-native post301 post302 post303 cert-status doh-insecure doh-cert-status proxy-insecure
    no-clobber clobber remove-on-error xattr use-ascii trace-time trace-ids skip-existing
    suppress-connect-headers proxytunnel
    """.split()  # noqa: SIM905 - a list of words
)
_VALUES_THAT_CHANGE_NOTHING = frozenset(
    """
    output write-out max-time connect-timeout retry retry-delay retry-max-time proxy cacert capath
    tls-max tls13-ciphers ciphers dump-header max-redirs resolve connect-to noproxy interface
    limit-rate rate stderr keepalive-time keepalive-cnt speed-limit speed-time proto proto-default
    proto-redir cookie-jar trace trace-ascii output-dir max-filesize dns-servers dns-interface
    dns-ipv4-addr dns-ipv6-addr doh-url local-port proxy-user proxy-header preproxy socks5
    socks5-hostname socks4 socks4a pinnedpubkey curves expect100-timeout happy-eyeballs-timeout-ms
    parallel-max create-file-mode alt-svc hsts crlfile engine egd-file random-file trace-config
    ip-tos vlan-priority
    """.split()  # noqa: SIM905 - a list of words
)
CHANGES_NOTHING = _FLAGS_THAT_CHANGE_NOTHING | _VALUES_THAT_CHANGE_NOTHING
"""What says how the call is made or where its answer goes, and nothing of the request."""

_OF_HTTP = "an action is called by HTTP/1.1"
READS = "whoever calls an action asks for what it can read"
LEFT_OUT = {
    "insecure": "-k was ignored: TLS is always verified",
    "location": "-L was ignored: a redirect of a write is never followed",
    "location-trusted": "-L was ignored: a redirect of a write is never followed",
    "compressed": f"--compressed was left out: {READS}",
    "http0.9": f"--http0.9 was left out: {_OF_HTTP}",
    "http1.0": f"--http1.0 was left out: {_OF_HTTP}",
    "http2-prior-knowledge": f"--http2-prior-knowledge was left out: {_OF_HTTP}",
    "http3-only": f"--http3-only was left out: {_OF_HTTP}",
}
"""What an action does otherwise, with the note that says so."""

REFUSED = {
    "form": "a form with files is not JSON",
    "form-string": "a form is not JSON",
    "upload-file": "it uploads a file",
    "unix-socket": "it calls a socket of this machine",
    "abstract-unix-socket": "it calls a socket of this machine",
    "config": "it reads a configuration file",
    "variable": "it reads a variable of curl",
    "cert": "it uses a client certificate",
    "key": "it uses a client certificate",
    "netrc": "it reads .netrc",
    "netrc-file": "it reads .netrc",
    "netrc-optional": "it reads .netrc",
    "aws-sigv4": "its signature cannot be written as a header",
    "digest": "its login is made of what the service answers first",
    "ntlm": "its login is made of what the service answers first",
    "negotiate": "its login is made of what the service answers first",
    "anyauth": "its login is made of what the service answers first",
    "parallel": "it makes several calls",
    "next": "it makes several calls",
    "range": "it asks for a part of the answer",
    "continue-at": "it asks for a part of the answer",
    "time-cond": "it asks on a condition",
    "etag-compare": "it asks on a condition",
    "request-target": "the path is not that of the URL",
    "help": "it calls nothing",
    "manual": "it calls nothing",
    "version": "it calls nothing",
}

WAY_OUT = "import a request that sends JSON"
_LOGIN = "remove it, and write `authentication` by hand"
WAYS_OUT = {
    **dict.fromkeys(("parallel", "next"), "import one call at a time"),
    **dict.fromkeys(("unix-socket", "abstract-unix-socket"), "call the service by its host"),
    **dict.fromkeys(("digest", "ntlm", "negotiate", "anyauth", "aws-sigv4"), _LOGIN),
    **dict.fromkeys(("cert", "key"), "remove it, and write `authentication.clientCertificate` by hand"),
    **dict.fromkeys(("netrc", "netrc-file", "netrc-optional"), "write the login with -u"),
    **dict.fromkeys(("range", "continue-at", "time-cond", "etag-compare"), "remove it"),
    **dict.fromkeys(("help", "manual", "version"), "paste a line that calls a service"),
    "config": "write its options into the command",
    "variable": "write its value into the command",
    "request-target": "write the path into the URL",
}
"""What helps where an option is refused; where nothing is here, `WAY_OUT` does."""

TAKES_VALUE = _VALUES_THAT_CHANGE_NOTHING | frozenset(
    """
    request header data data-ascii data-binary data-raw data-urlencode json url url-query user
    oauth2-bearer user-agent cookie referer form form-string upload-file unix-socket
    abstract-unix-socket config variable cert key netrc-file aws-sigv4 range continue-at time-cond
    etag-compare etag-save request-target ftp-port quote telnet-option pass cert-type key-type
    """.split()  # noqa: SIM905 - a list of words
)
