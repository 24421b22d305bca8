import { fail } from "../../../base/index.ts";
import { commandErrors } from "../errors.ts";
import { textFlag, urlFlag } from "../flags.ts";

/** `--sign-in-issuer`, for commands that run an ingress. */
export const signInIssuerFlag = urlFlag({
  text: {
    en: "OpenID provider where whoever writes through the ingress must have signed in.",
    id: "Penyedia OpenID tempat masuk bagi yang menulis lewat ingress ini.",
  },
});

/** `--sign-in-client-id`, which belongs to the issuer. */
export const signInClientFlag = textFlag({
  text: { en: "Id of dsdn's public client there.", id: "Id klien publik dsdn di sana." },
});

/** What the two flags say together. @throws DSDN_COMMANDS_ARGUMENT_MISSING when one of them is missing */
export function toSignInRule(flags: {
  readonly "sign-in-issuer": string | undefined;
  readonly "sign-in-client-id": string | undefined;
}): { readonly signIn?: { readonly issuer: string; readonly clientId: string } } {
  const { "sign-in-issuer": issuer, "sign-in-client-id": clientId } = flags;
  if (issuer === undefined && clientId === undefined) return {};
  if (issuer !== undefined && clientId !== undefined) return { signIn: { issuer, clientId } };
  const argument = issuer === undefined ? "--sign-in-issuer <url>" : "--sign-in-client-id <id>";
  throw fail(commandErrors.argumentMissing, { command: "--sign-in", argument });
}
