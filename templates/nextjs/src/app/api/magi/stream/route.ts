// Yours to change. The browser's way to the gateway through this app's server<% if auth == "iam" %>, which holds the credentials<% endif %>.
//
// Not for Amplify Hosting, which buffers the response of a route handler and ends it after 30 s. Use direct mode there.

<% if auth == "jwt" %>
import { forward } from "../../../../lib/magi/forward";
<% else %>
import { forward, type Verdict } from "../../../../lib/magi/forward";
import type { Question } from "../../../../lib/magi/gateway-client";
<% endif %>

export const runtime = "nodejs";
export const dynamic = "force-dynamic";
/** In seconds: `timeout_seconds` of gateway.yaml. Vercel refuses a build with more than your plan allows. */
export const maxDuration = <%= timeout_seconds %>;

<% if auth == "jwt" %>
export async function POST(request: Request): Promise<Response> {
  // The gateway checks the user's token, and to whom a session belongs.
  return forward(request);
}
<% else %>
export async function POST(request: Request): Promise<Response> {
  return forward(request, { authorized });
}

/**
 * Who may ask, and whether the session is theirs: the gateway sees all users of this app as one caller. `true` asks the
 * gateway, `false` answers 401. As it stands here nobody may ask. To try it out on your own machine before:
 *
 *   BEDROCK_GATEWAY_OPEN_IN_DEV=1 npx next dev -H 127.0.0.1
 *
 *   const user = (await auth())?.user;      // what your app has for signing in, such as Auth.js
 *   return user !== undefined && (question.sessionId === undefined || isSessionOf(user, question.sessionId));
 */
async function authorized(_request: Request, _question: Question): Promise<Verdict> {
  return "not filled in";
}
<% endif %>
