"""An OpenID Connect issuer on this machine, with the shape of Cognito's tokens."""

import json
import time
from collections import Counter

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from played_server import PlayedHandler, PlayedServer

CLIENT = "client-1"


class Issuer(PlayedServer):
    """Serves discovery and keys; signs what it is told to."""

    def __init__(self):
        self.requests: Counter[str] = Counter()
        self.is_down = False
        self.keys: dict[str, RSAKey | ECKey] = {}
        # Listed before the others, whatever their names are.
        self.older_keys: list[RSAKey | ECKey] = []
        issuer = self

        class Handler(PlayedHandler):
            def do_GET(self) -> None:
                issuer.requests[self.path] += 1
                answers = {"/.well-known/openid-configuration": issuer.discovery,
                           "/keys": lambda: {
                               "keys": [key.as_dict(private=False) for key in [*issuer.older_keys, *issuer.keys.values()]]}}
                found = None if issuer.is_down else answers.get(self.path)
                self.reply(200 if found else 503, json.dumps(found() if found else {}).encode())

        super().__init__(Handler)
        self.url = self.endpoint
        self.jwks_uri = f"{self.url}/keys"
        self.add_key("rsa", RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig", "alg": "RS256"}))
        self.add_key("ec", ECKey.generate_key("P-256", {"kid": "ec", "use": "sig", "alg": "ES256"}))

    def add_key(self, kid: str, key: RSAKey | ECKey) -> None:
        self.keys[kid] = key

    def discovery(self) -> dict:
        return {"issuer": self.url, "jwks_uri": self.jwks_uri}

    @property
    def environment(self) -> dict[str, str]:
        return {"GATEWAY_AUTH": "jwt", "GATEWAY_JWT_ISSUER": self.url,
                "GATEWAY_JWT_AUDIENCE": f"somebody,{CLIENT}"}

    def id_token(self, subject: str = "user-1", *, kid: str = "rsa", key=None, header=None,
                 **claims) -> str:
        now = int(time.time())
        all_claims = {"iss": self.url, "sub": subject, "aud": CLIENT, "token_use": "id",
                      "iat": now, "exp": now + 3600, **claims}
        return self.sign(all_claims, kid, key, header)

    def access_token(self, subject: str = "user-1", *, kid: str = "rsa", **claims) -> str:
        now = int(time.time())
        return self.sign({"iss": self.url, "sub": subject, "client_id": CLIENT,
                          "token_use": "access", "iat": now, "exp": now + 3600, **claims}, kid)

    def sign(self, claims: dict, kid: str, key=None, header=None) -> str:
        key = key or self.keys[kid]
        algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
        header = {"alg": algorithm, "kid": kid, **(header or {})}
        claims = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(header, claims, key, algorithms=[header["alg"]])
