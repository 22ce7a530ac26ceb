"""Logging in through the office's own login service: OpenID Connect, code flow, PKCE, state, nonce (单点登录).

A page calls `start`, puts ``held`` into a cookie of its own (HttpOnly, Secure, SameSite=Lax, ten minutes) and
leads the browser to ``url``. The page to which the service leads it back calls `finish` with that cookie and the
query, deletes the cookie, and gives what comes back to `lantian.ledger.accounts.log_in_outside`. No user is ever
made by it.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from lantian.desk.post.addresses import check_public
from lantian.ledger.accounts import Claimed, Refused
from lantian.ledger.vault import Vault
from lantian.settings import Settings
from lantian.terms.errors import CallerError, HouseError

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures that are taken; none and shared secrets are not."""
_DISCOVERY = "/.well-known/openid-configuration"
_SCOPE = "openid profile"
_ABOUT = "a login that was begun"
_LASTS = timedelta(minutes=10)
_LEEWAY_SECONDS = 60
_SECONDS = 10.0
_MOST_BYTES = 1_000_000
_TOKEN_MOST = 20_000
_LONGEST = 300
"""Characters of a name or key that the service may give."""


@dataclass(frozen=True, slots=True)
class LoginService:
    """The office's login service, and this workspace as its client."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str = "preferred_username"
    """Claim that holds the name under which an administrator linked a user."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A login that was begun."""

    url: str
    """Where the browser goes next."""
    held: str
    """What it brings back in a cookie, sealed: state, nonce and the verifier of PKCE."""


@dataclass(frozen=True, slots=True)
class _Places:
    """What the service says of itself."""

    authorize: str
    token: str
    keys: str
    basic: bool
    """Whether it wants our password in a header, else in the form."""
    names_issuer: bool
    """Whether it promises to name itself when it leads the browser back (RFC 9207)."""


def service_of(settings: Settings) -> LoginService | None:
    """Return the login service of the settings; None where the city has none.

    Raises
    ------
    CallerError
        Half of it is set.
    """
    if settings.oidc_issuer is None:
        return None
    if not settings.oidc_client_id or settings.oidc_client_secret is None:
        raise CallerError(
            "The setting oidc_issuer names a login service, but oidc_client_id or oidc_client_secret is missing. "
            "Set all three, or none."
        )
    return LoginService(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        settings.oidc_claim,
    )


def start(service: LoginService, back: str, *, at: datetime) -> Begun:
    """Begin a login.

    Parameters
    ----------
    service : LoginService
        Whose people log in.
    back : str
        Full address of our page to which it leads the browser back; the service has to know it.
    at : datetime
        Wall time, aware.

    Raises
    ------
    HouseError
        The service does not answer, or says something else than such a service does.
    """
    places = _places(service)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    client = OAuth2Client(None, service.client_id, scope=_SCOPE, redirect_uri=back)
    url, _ = client.create_authorization_url(
        places.authorize,
        state=state,
        nonce=nonce,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
    )
    said = {"state": state, "nonce": nonce, "verifier": verifier, "back": back, "at": at.timestamp()}
    sealed = Vault(service.client_secret).seal(json.dumps(said).encode(), about=_ABOUT)
    return Begun(str(url), sealed.hex())


def finish(service: LoginService, held: str, query: Mapping[str, str], *, at: datetime) -> Claimed:
    """Prove what the service says of somebody.

    Parameters
    ----------
    service : LoginService
        Whose people log in.
    held : str
        What `start` gave, as the browser brought it back.
    query : mapping
        Of the address to which the service led the browser back.
    at : datetime
        Wall time, aware.

    Raises
    ------
    Refused
        The login was begun elsewhere or too long ago, was given up, or what the service said does not hold.
    HouseError
        The service does not answer, or says something else than such a service does.
    """
    begun = _begun(service, held, at)
    if begun is None or not hmac.compare_digest(str(begun["state"]).encode(), query.get("state", "").encode()):
        raise Refused("This login was begun elsewhere or too long ago. Begin it again here.")
    places = _places(service)
    named = query.get("iss")
    if (named is not None or places.names_issuer) and named != service.issuer:
        raise Refused("Another login service than ours led here, so nothing was done. Begin the login again.")
    if "code" not in query:
        raise Refused("The login service let nobody in ({error}). Begin again, or log in by password.",
                      error=query.get("error", "—")[:80])  # fmt: skip
    answer = _exchanged(service, places, query["code"], begun)
    claims = _proved(service, places, answer, str(begun["nonce"]), at)
    name = claims.get(service.claim)
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST or len(str(claims["sub"])) > _LONGEST:
        raise Refused(
            "The login service says nothing in {claim}, by which people are known here. Whoever looks after it "
            "has to release that claim.",
            claim=service.claim,
        )
    return Claimed(service.issuer, str(claims["sub"]), name)


# ---------------------------------------------------------------------------------------------- inside


def _begun(service: LoginService, held: str, at: datetime) -> dict[str, Any] | None:
    """Open what the browser brought back; None where it is not ours or too old."""
    try:
        opened = Vault(service.client_secret).opened(bytes.fromhex(held), about=_ABOUT)
    except ValueError:
        return None
    if opened is None:
        return None
    said: dict[str, Any] = json.loads(opened)
    age = at - datetime.fromtimestamp(float(said["at"]), UTC)
    return said if timedelta(0) <= age <= _LASTS else None


def _exchanged(service: LoginService, places: _Places, code: str, begun: dict[str, Any]) -> dict[str, Any]:
    """Exchange the code for the service's word."""
    form = {
        "grant_type": "authorization_code",
        "code": code[:_TOKEN_MOST],
        "redirect_uri": str(begun["back"]),
        "code_verifier": str(begun["verifier"]),
    }
    if places.basic:
        name, password = quote(service.client_id, safe=""), quote(service.client_secret, safe="")
        return _asked(service, "POST", places.token, form, httpx2.BasicAuth(name, password))
    form |= {"client_id": service.client_id, "client_secret": service.client_secret}
    return _asked(service, "POST", places.token, form)


def _proved(
    service: LoginService, places: _Places, answer: dict[str, Any], nonce: str, at: datetime
) -> dict[str, Any]:
    """Return the claims after signature, issuer, audience, times, nonce and hashes were proved."""
    token = answer.get("id_token")
    if not isinstance(token, str) or len(token) > _TOKEN_MOST:
        raise _nonsense(service, "id_token")
    keys = _asked(service, "GET", places.keys)
    try:
        said = jwt.decode(token, KeySet.import_key_set({"keys": keys["keys"]}), algorithms=list(ALGORITHMS))
        claims = CodeIDToken(
            said.claims,
            said.header,
            {
                "iss": {"essential": True, "value": service.issuer},
                "aud": {"essential": True, "value": service.client_id},
            },
            {"nonce": nonce, "client_id": service.client_id, "access_token": answer.get("access_token")},
        )
        claims.validate(now=int(at.timestamp()), leeway=_LEEWAY_SECONDS)
    except (JoseError, KeyError, TypeError, ValueError) as fault:
        raise Refused(
            "What the login service said does not hold ({fault}), so nobody was let in. Begin again; if it stays "
            "so, tell whoever looks after it.",
            fault=type(fault).__name__,
        ) from None
    return dict(claims)


def _places(service: LoginService) -> _Places:
    """Read what the service says of itself; every place it names is its own host or a public one."""
    said = _asked(service, "GET", service.issuer.rstrip("/") + _DISCOVERY)
    if said.get("issuer") != service.issuer:
        raise _nonsense(service, "issuer")
    named = {name: said.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    for name, place in named.items():
        if not isinstance(place, str) or not _is_safe(service, place):
            raise _nonsense(service, name)
    methods = said.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return _Places(
        str(named["authorization_endpoint"]),
        str(named["token_endpoint"]),
        str(named["jwks_uri"]),
        basic="client_secret_basic" in methods,
        names_issuer=bool(said.get("authorization_response_iss_parameter_supported")),
    )


def _is_safe(service: LoginService, place: str) -> bool:
    own, parts = urlsplit(service.issuer), urlsplit(place)
    return (parts.scheme, parts.netloc) == (own.scheme, own.netloc) or parts.scheme == "https"


def _asked(
    service: LoginService,
    method: str,
    url: str,
    form: Mapping[str, str] | None = None,
    auth: httpx2.BasicAuth | None = None,
) -> dict[str, Any]:
    """Ask the service and return its JSON: no redirects, and not into our own network unless it stands there."""
    if urlsplit(url).netloc != urlsplit(service.issuer).netloc:
        check_public(url)
    headers = {"Accept": "application/json"}
    try:
        with (
            httpx2.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream(method, url, data=form, auth=auth, headers=headers) as answer,
        ):
            held = b""
            for chunk in answer.iter_bytes():
                held += chunk
                if len(held) > _MOST_BYTES:
                    raise _nonsense(service, "length")
            status = answer.status_code
        said = json.loads(held)
    except (httpx2.HTTPError, ValueError) as fault:
        raise HouseError(
            "The login service {issuer} cannot be used: {fault}. Log in by password, and tell whoever looks after "
            "it.",
            issuer=service.issuer,
            fault=type(fault).__name__,
        ) from fault
    if form is not None and status in {400, 401} and isinstance(said, dict):
        raise Refused("The login service let nobody in ({error}). Begin again, or log in by password.",
                      error=str(said.get("error", status))[:80])  # fmt: skip
    if status != httpx2.codes.OK or not isinstance(said, dict):
        raise _nonsense(service, f"status {status}")
    return said


def _nonsense(service: LoginService, what: str) -> HouseError:
    return HouseError(
        "The login service {issuer} answers wrongly ({what}). Check the setting oidc_issuer, and tell whoever "
        "looks after it.",
        issuer=service.issuer,
        what=what,
    )
