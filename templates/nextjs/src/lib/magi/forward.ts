// Made by `provision generate nextjs`: change gateway.yaml and run that again, not this file.
//
// Forwards a question to the gateway and passes each piece of the stream on when it comes.

import type { Question } from "./gateway-client";
import { questionOf, refusal } from "./question";
<% if auth == "iam" %>
import { AwsV4Signer } from "aws4fetch";
import { credentials } from "./credentials";

const REGION = <%= region %>;
<% endif %>

/** May this question be asked? `true`: yes. `false`: its sender gets 401. */
export type Verdict = boolean | "not filled in";

export type Forwarding = {
<% if auth == "jwt" %>
  /** Looks who asks, and whether the session is theirs, beyond the token that the gateway checks. */
  authorized?: (request: Request, question: Question) => Verdict | Promise<Verdict>;
<% else %>
  /** Looks who asks, and whether the session is theirs. */
  authorized: (request: Request, question: Question) => Verdict | Promise<Verdict>;
<% endif %>
  /** The agent that answers. A browser does not choose it. */
  agent?: string;
  /** Origins of this app's pages, such as `https://www.example.com`, where a proxy changes the name that this server sees. */
  origins?: readonly string[];
};

/** The response to the browser: a stream, or a failure. */
<% if auth == "jwt" %>
export async function forward(request: Request, forwarding: Forwarding = {}): Promise<Response> {
<% else %>
export async function forward(request: Request, forwarding: Forwarding): Promise<Response> {
<% endif %>
  const { authorized, agent, origins = [] } = forwarding;
  const asked = await questionOf(request, origins);
  if (asked instanceof Response) return asked;
<% if auth == "jwt" %>
  const refused = authorized && refusalBy(await authorized(request, asked), request.headers);
<% else %>
  const refused = refusalBy(await authorized(request, asked), request.headers);
<% endif %>
  if (refused) return refused;

  const url = process.env.BEDROCK_GATEWAY_LAMBDA_URL;
  if (!url) return failure("gateway_not_configured", "the gateway's address is not configured; tell the operator", false);

  let response: Response;
  try {
    const body = JSON.stringify({ ...asked, agent });
    const headers = await headersFor(url, body, request.headers);
    // A gateway sends nobody elsewhere; following would take the question there.
    response = await fetch(url, { method: "POST", headers, body, cache: "no-store", redirect: "manual", signal: request.signal });
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    console.error("the gateway could not be reached:", reasonOf(error));
    return failure("gateway_unreachable", "the gateway could not be reached; ask again", true);
  }
  if (response.ok && isEventStream(response)) return new Response(response.body, { headers: STREAM_HEADERS });
  return refusalOf(response);
}

const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  // Without `no-transform` the gzip of `next start` would hold events back.
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

/** Starts `next dev` so that the developer tries this app out: for programs of this machine only, and open to them. */
const TRY_OUT = "BEDROCK_GATEWAY_OPEN_IN_DEV=1 npx next dev -H 127.0.0.1";

/**
 * Closed until somebody has said who may ask. Even in development: without `-H`, `next dev` listens to the whole network, and
 * a route is not told which machine a request comes from.
 */
function refusalBy(verdict: Verdict, headers: Headers): Response | undefined {
  if (verdict === true) return undefined;
  if (verdict !== "not filled in") return refusal(401, "unauthorized", "sign in to ask");
  let todo = "say in `authorized`, in src/app/api/magi/stream/route.ts, who may ask";
  if (process.env.NODE_ENV === "development") {
    if (process.env.BEDROCK_GATEWAY_OPEN_IN_DEV === "1" && isThisMachine(headers.get("host"))) {
      console.warn(`everybody who reaches \`next dev\` may ask, because of BEDROCK_GATEWAY_OPEN_IN_DEV: ${todo}, before you deploy`);
      return undefined;
    }
    todo += `; to try it out before, start it with \`${TRY_OUT}\` and open it as localhost or 127.0.0.1`;
  }
  console.error(`nobody may ask: ${todo}`);
  return refusal(403, "authorization_not_configured", `nobody may ask yet; developer: ${todo}`);
}

/** By the name that was asked for. A browser writes another site's there if that points here; other programs write any. */
function isThisMachine(host: string | null): boolean {
  const name = /^(.+?)(:\d+)?$/.exec(host ?? "")?.[1];
  return name === "localhost" || name === "127.0.0.1" || name === "[::1]";
}

<% if auth == "iam" %>
/** Signed with this server's credentials, which IAM must allow to call the function URL. */
async function headersFor(url: string, body: string, from: Headers): Promise<Headers> {
  const headers = new Headers({ "content-type": "application/json", accept: "text/event-stream" });
  const { accessKeyId, secretAccessKey, sessionToken } = await credentials(REGION, from);
  const signer = new AwsV4Signer({
    method: "POST", url, headers, body, accessKeyId, secretAccessKey, sessionToken, service: "lambda", region: REGION,
  });
  return (await signer.sign()).headers;
}
<% elif auth == "jwt" %>
/** With the user's own token, which the gateway checks. */
async function headersFor(_url: string, _body: string, from: Headers): Promise<Headers> {
  const headers = new Headers({ "content-type": "application/json", accept: "text/event-stream" });
  const token = from.get("authorization");
  if (token) headers.set("authorization", token);
  return headers;
}
<% else %>
/** Without credentials: this gateway answers everybody. */
async function headersFor(_url: string, _body: string, _from: Headers): Promise<Headers> {
  return new Headers({ "content-type": "application/json", accept: "text/event-stream" });
}
<% endif %>

/** For a response that is no stream. The browser gets the gateway's own refusals as they are; those of AWS are only logged. */
async function refusalOf(response: Response): Promise<Response> {
  const text = await response.text().catch(() => "");
  const body = parsed(text);
  if (typeof body?.error === "string" && typeof body.message === "string") {
    return refusal(response.status, body.error, body.message);
  }
  const requestId = response.headers.get("x-amzn-requestid") ?? "none";
  console.error(`the gateway refused: HTTP ${response.status}, request id ${requestId}: ${String(body?.Message ?? "")}`);
  const mayWorkLater = response.status === 429 || response.status >= 500;
  return failure("gateway_refused", "the gateway did not take the question", mayWorkLater);
}

/** A failure in the gateway's own format, so that clients need to know only one. */
function failure(error: string, message: string, retryable: boolean): Response {
  const timestamp = new Date().toISOString();
  const event = { type: "error", error, message, retryable, side: "gateway", executionTime: 0, chunkCount: 0, timestamp };
  return new Response(`id: 1\ndata: ${JSON.stringify(event)}\n\n`, { status: 502, headers: STREAM_HEADERS });
}

function isEventStream(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The reason why `fetch` failed is in `cause`; its own message is just "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
