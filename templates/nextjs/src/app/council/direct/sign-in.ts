// Yours to change. Direct mode only: whose token goes with a question, from the sign-in that your app has.
//
// With Amplify and Cognito:
//
//   import { fetchAuthSession, signInWithRedirect } from "aws-amplify/auth";
//
//   export async function accessToken(renew: boolean): Promise<string | undefined> {
//     const session = await fetchAuthSession({ forceRefresh: renew });
//     return session.tokens?.accessToken.toString();
//   }
//
//   export const signIn = () => signInWithRedirect();

/** The signed-in user's access token; `renew` asks for a fresh one; undefined when nobody is signed in. */
export async function accessToken(renew: boolean): Promise<string | undefined> {
  throw new Error(`sign-in.ts is still as it was generated (renew: ${renew}); say there where the token comes from`);
}

export async function signIn(): Promise<void> {
  window.location.assign("/sign-in");
}
