// Made by `provision generate nextjs`: change gateway.yaml and run that again, not this file.
//
// Where this server's AWS credentials come from, without an SDK:
//   1. AWS_ACCESS_KEY_ID and its companions: Lambda (OpenNext), docker, a laptop
//   2. AWS_ROLE_ARN with an OIDC token: Vercel, Kubernetes (IRSA), GitHub
//   3. the container endpoint: ECS, Fargate, App Runner, EKS Pod Identity
// On a laptop with SSO: eval "$(aws configure export-credentials --format env)"

import { readFile } from "node:fs/promises";

export type Credentials = {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
};

type Temporary = Credentials & { expires: number };

/** Credentials are renewed this long before they expire, so that none expires while a request is on its way. */
const RENEW_MS = 5 * 60_000;

/** Where ECS and EKS give a container its credentials. */
const ECS = "169.254.170.2";
const EKS = ["169.254.170.23", "[fd00:ec2::23]"];

let kept: Promise<Temporary> | undefined;
let renewAt = Infinity;

/** Temporary credentials are kept until shortly before they expire. Requests that wait for them share one renewal. */
export async function credentials(region: string, requestHeaders: Headers): Promise<Credentials> {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY) {
    return { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY, sessionToken: AWS_SESSION_TOKEN };
  }
  if (Date.now() >= renewAt) kept = undefined;
  kept ??= renewed(region, requestHeaders);
  return kept;
}

async function renewed(region: string, requestHeaders: Headers): Promise<Temporary> {
  renewAt = Infinity;
  try {
    const fresh = await temporary(region, requestHeaders);
    renewAt = fresh.expires - RENEW_MS;
    return fresh;
  } catch (error) {
    kept = undefined;
    throw error;
  }
}

async function temporary(region: string, requestHeaders: Headers): Promise<Temporary> {
  const { AWS_ROLE_ARN, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, AWS_CONTAINER_CREDENTIALS_FULL_URI } = process.env;
  const token = await webIdentityToken(requestHeaders);
  if (AWS_ROLE_ARN && token) return assumeRole(region, AWS_ROLE_ARN, token);
  if (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI) {
    return fromContainer(`http://${ECS}${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI}`);
  }
  if (AWS_CONTAINER_CREDENTIALS_FULL_URI) return fromContainer(AWS_CONTAINER_CREDENTIALS_FULL_URI);
  throw new Error(
    "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_ROLE_ARN where there is an OIDC token",
  );
}

async function webIdentityToken(requestHeaders: Headers): Promise<string | undefined> {
  const { VERCEL, VERCEL_OIDC_TOKEN, AWS_WEB_IDENTITY_TOKEN_FILE } = process.env;
  // Only Vercel overwrites this header. On another platform a client could send it, and with it a token of its own.
  const fromVercel = VERCEL ? requestHeaders.get("x-vercel-oidc-token") : undefined;
  if (fromVercel ?? VERCEL_OIDC_TOKEN) return fromVercel ?? VERCEL_OIDC_TOKEN;
  return AWS_WEB_IDENTITY_TOKEN_FILE ? (await readFile(AWS_WEB_IDENTITY_TOKEN_FILE, "utf8")).trim() : undefined;
}

async function assumeRole(region: string, roleArn: string, token: string): Promise<Temporary> {
  const sts = process.env.AWS_ENDPOINT_URL_STS ?? `https://sts.${region}.amazonaws.com/`;
  // This call is not signed: the token in it says who asks.
  const response = await fetch(sts, {
    method: "POST",
    body: new URLSearchParams({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: roleArn,
      RoleSessionName: process.env.AWS_ROLE_SESSION_NAME ?? "nextjs",
      WebIdentityToken: token,
    }),
    cache: "no-store",
    // Following would take the token elsewhere.
    redirect: "error",
  });
  const xml = await response.text();
  const member = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
  if (!response.ok) throw new Error(`STS refused the OIDC token for ${roleArn}: ${member("Code") ?? response.status}`);
  return checked("STS", {
    accessKeyId: member("AccessKeyId"),
    secretAccessKey: member("SecretAccessKey"),
    sessionToken: member("SessionToken"),
    expiration: member("Expiration"),
  });
}

async function fromContainer(address: string): Promise<Temporary> {
  const url = containerUrl(address);
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE } = process.env;
  const authorization = AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE
    ? (await readFile(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, "utf8")).trim()
    : AWS_CONTAINER_AUTHORIZATION_TOKEN;
  // What is not a header's value would be told in the error.
  if (authorization && !/^[\x20-\x7e]+$/.test(authorization)) throw new Error("the container's authorization token is not one line");
  const response = await fetch(url, {
    headers: authorization ? { authorization } : {}, cache: "no-store", redirect: "error",
  });
  if (!response.ok) throw new Error(`the container's credential endpoint answered with HTTP ${response.status}`);
  const keys: Record<string, string> = await response.json();
  return checked("the container's credential endpoint", {
    accessKeyId: keys.AccessKeyId,
    secretAccessKey: keys.SecretAccessKey,
    sessionToken: keys.Token,
    expiration: keys.Expiration,
  });
}

/**
 * Only where AWS's SDKs go, too: to this machine, to ECS and EKS, and elsewhere with TLS. The token is as good as the role,
 * and an address from the environment must not lead it to others.
 */
function containerUrl(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isHere = url !== undefined && (url.hostname === "localhost" || url.hostname === "[::1]" || /^127(\.\d+){3}$/.test(url.hostname));
  if (url && !url.username && (url.protocol === "https:" || (url.protocol === "http:" && (isHere || [ECS, ...EKS].includes(url.hostname))))) {
    return url;
  }
  throw new Error("the address of the container's credentials is refused: it has to be this machine, ECS's, EKS's, or https");
}

function checked(
  source: string,
  keys: { accessKeyId?: string; secretAccessKey?: string; sessionToken?: string; expiration?: string },
): Temporary {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = keys;
  const expires = Date.parse(expiration ?? "");
  if (!accessKeyId || !secretAccessKey || Number.isNaN(expires)) throw new Error(`${source} gave no credentials`);
  return { accessKeyId, secretAccessKey, sessionToken, expires };
}
