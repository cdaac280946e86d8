import { base64Text } from "../foundation/base64-text.ts";
import { jsonObject } from "../foundation/json-object.ts";
import { log } from "../foundation/log.ts";

/** Logs whom a token is for, for programs that allow it; never anything else of the token. */
export function logAccountIdentifiers(
	credentialName: string,
	token: string,
): void {
	const payload = base64Text(token.split(".")[1] ?? "");
	const claims = payload === undefined ? undefined : jsonObject(payload);
	if (claims === undefined) return; // an opaque token tells nothing
	const { appid, azp, oid, tid, upn, preferred_username: name } = claims;
	const shown = (value: unknown) =>
		typeof value === "string" ? value : "not in the token";
	log.info(
		`${credentialName} => [Authenticated account] Client ID: ${shown(appid ?? azp)}. Tenant ID: ${shown(tid)}. User Principal Name: ${shown(upn ?? name)}. Object ID (user): ${shown(oid)}`,
	);
}
