import {
	createLocalJWKSet,
	createRemoteJWKSet,
	decodeJwt,
	errors,
	type JSONWebKeySet,
	type JWTVerifyGetKey,
	jwtVerify,
} from "jose";
import type { EntraError } from "../dialect/entra-error.ts";
import {
	assertionTime,
	federatedAudience,
	federatedIssuer,
	federatedSubject,
	unknownCertificate,
} from "../dialect/refusals.ts";
import type { App, FederatedCredential } from "../fixtures.ts";

const DEFAULT_AUDIENCE = "api://AzureADTokenExchange";

/** Whether an assertion was not issued by the client about itself. What is no JWT is not foreign, only wrong. */
export function isFederated(assertion: string, clientId: string): boolean {
	try {
		const { iss } = decodeJwt(assertion);
		return iss !== undefined && iss !== clientId;
	} catch {
		return false;
	}
}

/**
 * Checks a foreign issuer's assertion against an app's federated credentials. The library cannot: for it the subject of
 * an assertion is always the client. Throws the service's refusal.
 */
export async function checkFederated(
	assertion: string,
	app: App,
	now: number,
): Promise<void> {
	const { iss = "", sub = "", aud = "" } = decodeJwt(assertion);
	const byIssuer = (app.federatedCredentials ?? []).filter(
		({ issuer }) => issuer === iss,
	);
	if (byIssuer.length === 0) throw federatedIssuer(iss);
	const credential = byIssuer.find(({ subject }) => subject === sub);
	if (credential === undefined) throw federatedSubject(sub);
	const audience = credential.audience ?? DEFAULT_AUDIENCE;
	if (![aud].flat().includes(audience))
		throw federatedAudience([aud].flat().join(" "));
	try {
		await jwtVerify(assertion, await keysOf(credential), {
			issuer: iss,
			audience,
			requiredClaims: ["exp"],
			currentDate: new Date(now),
		});
	} catch (error) {
		throw refusal(error);
	}
}

function refusal(error: unknown): EntraError {
	const isLate =
		error instanceof errors.JWTExpired ||
		(error instanceof errors.JWTClaimValidationFailed && error.claim === "nbf");
	if (isLate) return assertionTime();
	return unknownCertificate(
		`the issuer's keys do not verify it: ${error instanceof Error ? error.message : String(error)}`,
	);
}

/** One set per address: jose keeps it and asks again when a key is missing. Apps are few, so these are. */
const remoteSets = new Map<string, JWTVerifyGetKey>();

async function keysOf(
	credential: FederatedCredential,
): Promise<JWTVerifyGetKey> {
	if (credential.jwks !== undefined)
		return createLocalJWKSet(credential.jwks as unknown as JSONWebKeySet);
	const uri = credential.jwksUri ?? (await discoverKeys(credential.issuer));
	const set = remoteSets.get(uri) ?? createRemoteJWKSet(new URL(uri));
	remoteSets.set(uri, set);
	return set;
}

async function discoverKeys(issuer: string): Promise<string> {
	const root = issuer.replace(/\/$/, "");
	const answer = await fetch(`${root}/.well-known/openid-configuration`);
	const { jwks_uri: uri } = (await answer.json()) as { jwks_uri?: unknown };
	if (typeof uri !== "string")
		throw new TypeError(`${issuer} does not say where its keys are`);
	return uri;
}
