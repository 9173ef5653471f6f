<% if auth == "jwt" %>
"use client";

// Yours to change. The browser asks this app's route with the user's own token, and the route passes both on.

import { Council } from "./council";
import { accessToken, signIn } from "./direct/sign-in";

const gateway = { token: accessToken };

export default function Page() {
  return <Council gateway={gateway} signIn={() => void signIn()} />;
}
<% else %>
// Yours to change. The browser asks this app's route, and the route asks the gateway.

import { Council } from "./council";

export default function Page() {
  return <Council />;
}
<% endif %>
