// Made by `provision generate nextjs`: change gateway.yaml and run that again, not this file.
//
// Forwards a question to the gateway and passes each piece of the stream on when it comes.
<% if auth == "iam" %>

import { AwsV4Signer } from "aws4fetch";
import { credentials } from "./credentials";

const REGION = <%= region %>;
<% endif %>

/** The response to the browser: a stream, or a failure. `chosen` adds what this server decides, such as the agent. */
export async function forward(request: Request, chosen: { agent?: string } = {}): Promise<Response> {
  const asked = await questionOf(request);
  if (!asked) return refusal(400, "invalid_request", "send a JSON object with `question` and, if there is one, `sessionId`");

  const url = process.env.BEDROCK_GATEWAY_LAMBDA_URL;
  if (!url) return failure("gateway_not_configured", "the gateway's address is not configured; tell the operator", false);

  let response: Response;
  try {
    const body = JSON.stringify({ ...asked, ...chosen });
    const headers = await headersFor(url, body, request.headers);
    response = await fetch(url, { method: "POST", headers, body, cache: "no-store", signal: request.signal });
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    console.error("the gateway could not be reached:", reasonOf(error));
    return failure("gateway_unreachable", "the gateway could not be reached; ask again", true);
  }
  if (response.ok && isEventStream(response)) return new Response(response.body, { headers: STREAM_HEADERS });
  return refused(response);
}

const STREAM_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  // Without `no-transform` the gzip of `next start` would hold events back.
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

/** The fields that a browser may set. All others, such as `trace`, are dropped. */
async function questionOf(request: Request): Promise<{ question: string; sessionId?: string } | undefined> {
  const body: unknown = await request.json().catch(() => undefined);
  if (typeof body !== "object" || body === null) return undefined;
  const { question, sessionId } = body as Record<string, unknown>;
  if (typeof question !== "string" || question === "") return undefined;
  if (sessionId !== undefined && typeof sessionId !== "string") return undefined;
  return { question, sessionId };
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
async function refused(response: Response): Promise<Response> {
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

/** A refusal in the gateway's own format: before a stream begins, an HTTP status with `{error, message}`. */
function refusal(status: number, error: string, message: string): Response {
  return Response.json({ error, message }, { status, headers: { "cache-control": "no-store" } });
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
