"use client";

// Yours to change. Direct mode, for Amplify Hosting: the browser asks the function URL itself, with the user's own token.

import { Council } from "../council";
import { useLanguage } from "../language";
import { accessToken, signIn } from "./sign-in";

// Next.js writes the value into the browser's code when it builds: a browser has no environment variables.
const url = process.env.NEXT_PUBLIC_BEDROCK_GATEWAY_URL;
const gateway = { url, token: accessToken };

export default function Page() {
  const { language, words } = useLanguage();
  if (!url) return <p role="alert" lang={language}>{words.noUrl}</p>;
  return <Council gateway={gateway} signIn={() => void signIn()} />;
}
