// The sign-in of an app under test: the test says which tokens there are. Renewing goes on to the next one, as long as there is one.

declare global {
  interface Window {
    tokens: string[];
    signedIn?: boolean;
  }
}

export async function accessToken(renew: boolean): Promise<string | undefined> {
  if (renew && window.tokens.length > 1) window.tokens.shift();
  return window.tokens[0];
}

export async function signIn(): Promise<void> {
  window.signedIn = true;
}
