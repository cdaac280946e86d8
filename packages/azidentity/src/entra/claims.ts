import { base64Text } from "../foundation/base64-text.ts";
import { isObject, jsonObject } from "../foundation/json-object.ts";
import { log } from "../foundation/log.ts";

/** Says that the client can deal with a token that is revoked before it expires. */
const CAE_CAPABILITY = "CP1";

/**
 * The `claims` parameter of a request: the caller's, and the capability when continuous access
 * evaluation is wanted. Undefined when there is neither.
 * @param claims The text of a JSON object, or that in base64 or base64url, as a challenge has it.
 * @throws TypeError when it is neither. The value is not shown.
 */
export function requestClaims(
	credentialName: string,
	claims: string | undefined,
	cae: boolean,
): string | undefined {
	const given = claims ? parsed(credentialName, claims) : undefined;
	if (!cae) return given === undefined ? undefined : JSON.stringify(given);
	const { access_token: accessToken } = given ?? {};
	if (accessToken !== undefined && accessToken !== null)
		check(credentialName, isObject(accessToken));
	const tokenClaims = isObject(accessToken) ? accessToken : {};
	const capabilities = withCapability(tokenClaims.xms_cc);
	return JSON.stringify({
		...given,
		access_token: { ...tokenClaims, xms_cc: capabilities },
	});
}

function parsed(
	credentialName: string,
	claims: string,
): Record<string, unknown> {
	const plain = jsonObject(claims);
	if (plain !== undefined) return plain;
	const decoded = base64Text(claims.trim());
	const object = decoded === undefined ? undefined : jsonObject(decoded);
	check(credentialName, object !== undefined);
	log.verbose(
		`${credentialName} => the option claims came in base64 and was decoded`,
	);
	return object;
}

/** Capabilities are compared without case, so ours is not added to one that differs in it. */
function withCapability(given: unknown): Record<string, unknown> {
	const rest = isObject(given) ? given : {};
	const values: unknown[] = Array.isArray(rest.values) ? rest.values : [];
	const has = values.some(
		(value) => String(value).toUpperCase() === CAE_CAPABILITY,
	);
	return { ...rest, values: has ? values : [...values, CAE_CAPABILITY] };
}

function check(credentialName: string, isRight: boolean): asserts isRight {
	if (isRight) return;
	throw new TypeError(
		`${credentialName}: the option claims is not a claims request: pass the text of a JSON object with the member access_token, as the challenge has it.`,
	);
}
