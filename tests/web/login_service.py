"""A small OpenID provider in a process of its own: ``python login_service.py PORT CLIENT SECRET``.

Each first part of a path is an issuer with its own way to be wrong; what a login is to be like stands in the
address to which the browser goes: ``user``, ``subject`` and ``fault``.
"""

import base64
import hashlib
import secrets
import sys
import time
from typing import Any
from urllib.parse import unquote, urlencode

import uvicorn
from fastapi import FastAPI, Form, Request
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.responses import JSONResponse, RedirectResponse, Response

PORT, CLIENT, SECRET = (
    sys.argv[1:] if __name__ == "__main__" else ("0", "", "")
)  # tests may look for examples here
HOST = f"http://127.0.0.1:{PORT}"
KEY, STRANGER = RSAKey.generate_key(2048, {"kid": "one"}), RSAKey.generate_key(2048, {"kid": "one"})
CODES: dict[str, dict[str, str]] = {}
app = FastAPI()


@app.get("/{issuer}/.well-known/openid-configuration")
def discovery(issuer: str) -> Response:
    """What this provider says of itself."""
    own = f"{HOST}/{issuer}"
    said: dict[str, Any] = {
        "issuer": own,
        "authorization_endpoint": f"{own}/authorize",
        "token_endpoint": f"{own}/token",
        "jwks_uri": f"{own}/keys",
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "authorization_response_iss_parameter_supported": True,
    }
    wrong: dict[str, dict[str, Any]] = {
        "liar": {"issuer": "https://id.example"},
        "plain": {"token_endpoint": "http://id.example/token"},
        "inward": {"token_endpoint": "https://127.0.0.1:1/token"},
        "posted": {"token_endpoint_auth_methods_supported": ["client_secret_post"]},
    }
    if issuer == "redirecting":
        return RedirectResponse(f"{HOST}/good/.well-known/openid-configuration")
    if issuer == "endless":
        return Response("[" + "0," * 1_000_000 + "0]", media_type="application/json")
    return JSONResponse(said | wrong.get(issuer, {}))


@app.get("/{issuer}/keys")
def keys(issuer: str) -> dict[str, Any]:
    """Our public key."""
    return {"keys": [KEY.as_dict(private=False)]}


@app.get("/{issuer}/authorize")
def authorize(issuer: str, request: Request) -> Response:
    """Let the user in without a question, and lead the browser back."""
    asked = dict(request.query_params)
    fault, back = asked.get("fault", ""), asked["redirect_uri"]
    if fault == "denied":
        query = {"error": "access_denied", "state": asked["state"], "iss": f"{HOST}/{issuer}"}
        return RedirectResponse(f"{back}?{urlencode(query)}")
    code = secrets.token_urlsafe()
    CODES[code] = asked
    query = {"code": code, "state": asked["state"], "iss": f"{HOST}/{issuer}"}
    if fault == "other issuer":
        query["iss"] = "https://id.example"
    if fault == "no issuer":
        del query["iss"]
    return RedirectResponse(f"{back}?{urlencode(query)}")


@app.post("/{issuer}/token")
def token(
    issuer: str,
    request: Request,
    code: str = Form(),
    code_verifier: str = Form(),
    redirect_uri: str = Form(),
    client_id: str = Form(""),
    client_secret: str = Form(""),
) -> Response:
    """Exchange a code, once, for who showed our challenge."""
    header = request.headers.get("authorization", "")
    if issuer != "posted":
        given = base64.b64decode(header.removeprefix("Basic ")).decode().split(":")
        client_id, client_secret = unquote(given[0]), unquote(given[1])
    asked = CODES.pop(code, None)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()
    if (client_id, client_secret) != (CLIENT, SECRET):
        return JSONResponse({"error": "invalid_client"}, 401)
    if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != redirect_uri:
        return JSONResponse({"error": "invalid_grant"}, 400)
    return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": _word(issuer, asked)})


def _word(issuer: str, asked: dict[str, str]) -> str:
    fault, now = asked.get("fault", ""), int(time.time())
    claims: dict[str, Any] = {
        "iss": f"{HOST}/{issuer}",
        "aud": CLIENT,
        "sub": asked.get("subject", "s-1"),
        "iat": now,
        "exp": now + 300,
        "nonce": asked["nonce"],
        "preferred_username": asked.get("user", "zhang.san"),
    }
    wrong: dict[str, dict[str, Any]] = {
        "issuer": {"iss": "https://id.example"},
        "audience": {"aud": "another"},
        "party": {"azp": "another"},
        "expired": {"exp": now - 3600, "iat": now - 7200},
        "nonce": {"nonce": "another"},
        "hash": {"at_hash": "wrong"},
        "number": {"preferred_username": 7},
        "long": {"preferred_username": "x" * 301},
    }
    claims |= wrong.get(fault, {})
    for name in ("nonce", "exp", "sub", "preferred_username"):
        if fault == f"no {name}":
            del claims[name]
    if fault == "shared secret":
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET * 2), algorithms=["HS256"])
    if fault == "unsigned":
        return jwt.encode({"alg": "none"}, claims, OctKey.import_key(SECRET), algorithms=["none"])
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, STRANGER if fault == "key" else KEY)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(PORT), log_level="warning", lifespan="off")
