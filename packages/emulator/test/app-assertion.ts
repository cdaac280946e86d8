import { createPrivateKey, randomUUID, X509Certificate } from "node:crypto";
import type { Emulator } from "@azidentity/emulator";
import { type JWTPayload, SignJWT } from "jose";

export const ASSERTION_TYPE =
	"urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** What the daemon's certificate says about it; members set to `undefined` are left out. */
export interface Assertion {
	readonly claims?: Record<string, unknown>;
	readonly header?: Record<string, unknown>;
}

const NOW_S = () => Math.floor(Date.now() / 1_000);

/** The claims of a sound assertion of the daemon to a tenant. */
function soundClaims(emulator: Emulator): JWTPayload {
	const { clientId } = emulator.apps.daemon;
	return {
		aud: `${emulator.authorityHost}/${emulator.tenants.contoso.id}/oauth2/v2.0/token`,
		iss: clientId,
		sub: clientId,
		jti: randomUUID(),
		iat: NOW_S(),
		nbf: NOW_S(),
		exp: NOW_S() + 600,
	};
}

/** The SHA-256 thumbprint of the daemon's certificate, base64url. */
export function thumbprint(emulator: Emulator): string {
	const { fingerprint256 } = new X509Certificate(emulator.appCertificate.pem);
	return Buffer.from(fingerprint256.replaceAll(":", ""), "hex").toString(
		"base64url",
	);
}

/** The parts of an assertion that are signed, for those that nobody would sign. */
export const assertionParts = (
	emulator: Emulator,
	{ claims, header }: Assertion,
) => ({
	header: { typ: "JWT", "x5t#S256": thumbprint(emulator), ...header },
	claims: { ...soundClaims(emulator), ...claims },
});

/** An assertion signed with the daemon's key. */
export function signedAssertion(
	emulator: Emulator,
	assertion: Assertion = {},
): Promise<string> {
	const { header, claims } = assertionParts(emulator, assertion);
	return new SignJWT(claims)
		.setProtectedHeader({ alg: "PS256", ...header })
		.sign(createPrivateKey(emulator.appCertificate.pem));
}

/** Client credentials with an assertion. */
export const assertionForm = (emulator: Emulator, assertion: string) => ({
	grant_type: "client_credentials",
	client_id: emulator.apps.daemon.clientId,
	client_assertion_type: ASSERTION_TYPE,
	client_assertion: assertion,
	scope: "https://storage.azure.com/.default",
});
