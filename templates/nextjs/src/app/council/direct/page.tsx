"use client";

// Yours to change. Direct mode, for Amplify Hosting: the browser asks the function URL itself, with the user's own token.

import { Council } from "../council";
import { accessToken, signIn } from "./sign-in";

// Next.js writes it into the browser's code when it builds; the browser has no environment.
const url = process.env.NEXT_PUBLIC_BEDROCK_GATEWAY_URL;
const gateway = { url, token: accessToken };

export default function Page() {
  if (!url) return <p role="alert">NEXT_PUBLIC_BEDROCK_GATEWAY_URL was not set when this app was built.</p>;
  return <Council gateway={gateway} signIn={() => void signIn()} />;
}
