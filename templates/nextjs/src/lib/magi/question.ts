// Made by `provision generate nextjs`: change gateway.yaml and run that again, not this file.
//
// What the route takes: a question as JSON, from this site's own pages or from a program that is no browser, and not more
// than a question's bytes.

import type { Question } from "./gateway-client";

/** The gateway takes 100,000 characters. JSON writes one in up to 12 bytes. */
const MOST_BYTES = 1_250_000;

/** The question of a request, or the refusal that its sender gets. Fields that a browser may not set are dropped, such as `trace`. */
export async function questionOf(request: Request, origins: readonly string[]): Promise<Question | Response> {
  const { headers } = request;
  if (mediaType(headers) !== "application/json") {
    return refusal(415, "unsupported_media_type", "send the question with `content-type: application/json`");
  }
  if (isFromAnotherSite(headers, origins)) {
    console.error(`refused a question from ${headers.get("origin")}, which is not ${headers.get("host")}: is this app behind a proxy that changes its name? Then say its origin in route.ts, as \`origins\``);
    return refusal(403, "cross_site", "only this site's own pages may ask");
  }
  const text = await textOf(request);
  if (text === undefined) return refusal(413, "question_too_long", `a request has at most ${MOST_BYTES} bytes`);
  return parsed(text) ?? refusal(400, "invalid_request", "send a JSON object with `question` and, if there is one, `sessionId`");
}

/** A refusal in the gateway's own format: before a stream begins, an HTTP status with `{error, message}`. */
export function refusal(status: number, error: string, message: string): Response {
  return Response.json({ error, message }, { status, headers: { "cache-control": "no-store" } });
}

/** Only JSON: `text/plain` and forms are what a browser sends to another site without asking that site first. */
function mediaType(headers: Headers): string | undefined {
  return headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
}

/**
 * Whether a page of another site sent this, with the visitor's cookies. Browsers say where a request comes from in
 * `sec-fetch-site`, and older ones, or those that reached this app without TLS, in `origin`; no page can change either, and
 * none can make a browser send `x-forwarded-host` to another site. A program that is no browser says nothing, and has no
 * visitor's cookies.
 */
function isFromAnotherSite(headers: Headers, origins: readonly string[]): boolean {
  const origin = headers.get("origin");
  if (origin !== null && origins.includes(origin)) return false;
  const site = headers.get("sec-fetch-site");
  // A subdomain's page is `same-site`, and may be somebody else's.
  if (site !== null) return site !== "same-origin" && site !== "none";
  return origin !== null && !isOurs(origin, headers);
}

/** By the name under which the browser reached this app: the proxy's, if there is one. */
function isOurs(origin: string, headers: Headers): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host } = new URL(origin);
  const names = [...(headers.get("x-forwarded-host")?.split(",") ?? []), headers.get("host") ?? ""];
  return names.some((name) => {
    const ours = `${protocol}//${name.trim()}`;
    return URL.canParse(ours) && new URL(ours).host === host;
  });
}

/** The body, read no further than its limit: not every request says its length. */
async function textOf(request: Request): Promise<string | undefined> {
  if (Number(request.headers.get("content-length")) > MOST_BYTES) return undefined;
  const reader = request.body?.getReader();
  if (!reader) return "";
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (let piece; !(piece = await reader.read()).done; ) {
    length += piece.value.length;
    if (length > MOST_BYTES) {
      await reader.cancel();
      return undefined;
    }
    pieces.push(piece.value);
  }
  // Leaves out a byte order mark, which no JSON may have and some programs send.
  return new TextDecoder().decode(Buffer.concat(pieces));
}

function parsed(text: string): Question | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof body !== "object" || body === null) return undefined;
  const { question, sessionId } = body as Record<string, unknown>;
  if (typeof question !== "string" || question === "") return undefined;
  if (sessionId !== undefined && typeof sessionId !== "string") return undefined;
  return { question, sessionId };
}
