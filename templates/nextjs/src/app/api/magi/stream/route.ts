// Yours to change. The browser's way to the gateway through this app's server, which holds the credentials.
//
// Not for Amplify Hosting: it holds back what a route handler sends and ends it after 30 s. Use direct mode there.

import { forward } from "../../../../lib/magi/forward";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";
/** Seconds: the gateway's `timeout_seconds`. Vercel refuses more than your plan allows. */
export const maxDuration = <%= timeout_seconds %>;

export async function POST(request: Request): Promise<Response> {
  // Here is the place to find out who asks, and whether the session is theirs: with `auth: iam`, to the gateway all
  // users of this app are one caller.
  return forward(request);
}
