// Yours to change. The browser's way to the gateway through this app's server, which holds the credentials.
//
// Not for Amplify Hosting, which buffers the response of a route handler and ends it after 30 s. Use direct mode there.

import { forward } from "../../../../lib/magi/forward";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";
/** In seconds: `timeout_seconds` of gateway.yaml. Vercel refuses a build with more than your plan allows. */
export const maxDuration = <%= timeout_seconds %>;

export async function POST(request: Request): Promise<Response> {
  // Check here who asks, and whether the session is theirs. With `auth: iam` the gateway cannot do that: it sees all
  // users of this app as one caller.
  return forward(request);
}
