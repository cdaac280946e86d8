import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { json } from "node:stream/consumers";
import type { Emulator } from "@azidentity/emulator";
import {
	createLocalJWKSet,
	type JSONWebKeySet,
	type JWTPayload,
	jwtVerify,
} from "jose";

/** The resource that Key Vault's challenge names; a token's audience is this text. */
const RESOURCE = "https://vault.azure.net";

/** Who comes in, or why not: the header of a 401. */
export type Judgement =
	| { readonly claims: JWTPayload }
	| { readonly challenge: string; readonly claims?: JWTPayload };

/**
 * What stands at the entrance of a vault of a tenant, as at the real one: who brings no token is told where to get one;
 * tokens are of this tenant's issuer, for this resource, in time, and signed by the tenant's keys; and who was revoked is
 * told to get another.
 */
export function vaultDoor(emulator: Emulator, tenantId: string) {
	const welcome = `Bearer authorization="${emulator.authorityHost}/${tenantId}", resource="${RESOURCE}"`;
	const keys = answerTo(
		emulator,
		`${emulator.authorityHost}/${tenantId}/discovery/v2.0/keys`,
	).then(async (answer) =>
		createLocalJWKSet((await json(answer)) as JSONWebKeySet),
	);
	return async (authorization = ""): Promise<Judgement> => {
		const [scheme, token = ""] = authorization.split(" ");
		if (scheme !== "Bearer") return { challenge: welcome };
		let claims: JWTPayload;
		try {
			const verified = await jwtVerify(token, await keys, {
				algorithms: ["RS256"],
				audience: RESOURCE,
				issuer: `https://sts.windows.net/${tenantId}/`,
				requiredClaims: ["exp", "nbf", "oid", "uti"],
			});
			claims = verified.payload;
		} catch (error) {
			const { code } = error as { code: string };
			const challenge = `${welcome}, error="invalid_token", error_description="${code}"`;
			return { challenge };
		}
		const challenge = await revocation(emulator, token);
		return challenge === undefined ? { claims } : { claims, challenge };
	};
}

/** The challenge for a token that was revoked. Entra ID tells its services so; while it is away, they hear nothing new. */
async function revocation(
	emulator: Emulator,
	token: string,
): Promise<string | undefined> {
	try {
		const answer = await answerTo(emulator, emulator.demoApiUrl, token);
		answer.resume();
		return answer.headers["www-authenticate"];
	} catch (error) {
		if ((error as { code?: string }).code === "ECONNREFUSED") return undefined;
		throw error;
	}
}

async function answerTo(
	{ ca }: Emulator,
	url: string,
	token?: string,
): Promise<IncomingMessage> {
	const headers =
		token === undefined ? {} : { authorization: `Bearer ${token}` };
	const [answer] = await once(
		get(url, { ca, headers, agent: false }),
		"response",
	);
	return answer;
}
