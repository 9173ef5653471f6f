// An OpenID Connect issuer on this machine, with the shape of Cognito's access tokens (issuer.py, for JavaScript).

import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

const CLIENT = "client-1";

/** Serves discovery and its key; `accessToken(claims)` signs one that is good unless the claims say otherwise. */
export async function startIssuer() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = { ...publicKey.export({ format: "jwk" }), kid: "rsa", use: "sig", alg: "RS256" };
  const server = createServer((request, response) => {
    const answer = {
      "/.well-known/openid-configuration": { issuer: url, jwks_uri: `${url}/keys` },
      "/keys": { keys: [key] },
    }[request.url];
    response.writeHead(answer ? 200 : 404).end(JSON.stringify(answer ?? {}));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${server.address().port}`;
  const encoded = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
  return {
    environment: { GATEWAY_AUTH: "jwt", GATEWAY_JWT_ISSUER: url, GATEWAY_JWT_AUDIENCE: CLIENT },
    accessToken(claims = {}) {
      const now = Math.floor(Date.now() / 1000);
      const all = { iss: url, sub: "user-1", client_id: CLIENT, token_use: "access", iat: now, exp: now + 3600, ...claims };
      const message = `${encoded({ alg: "RS256", kid: "rsa" })}.${encoded(all)}`;
      return `${message}.${sign("RSA-SHA256", Buffer.from(message), privateKey).toString("base64url")}`;
    },
    /** One that was good for an hour and has been over for a day. */
    expiredToken() {
      const yesterday = Math.floor(Date.now() / 1000) - 86_400;
      return this.accessToken({ iat: yesterday - 3600, exp: yesterday });
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
