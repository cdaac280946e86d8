import { createHash, X509Certificate } from "node:crypto";
import {
	ClientAssertionCredential,
	type ClientAssertionCredentialOptions,
	type ClientAssertionRequest,
	type GetAssertion,
} from "azidentity";
import type { emulatedEntra } from "./emulated-entra.ts";
import { signedJwt } from "./signed-jwt.ts";

/** The daemon of the fixtures, signing in by assertions of its own making. */
export function assertingDaemon(entra: ReturnType<typeof emulatedEntra>) {
	/** What a program that holds the daemon's key answers: an assertion for exactly what it was asked for. */
	const signsAt =
		(now: () => number): GetAssertion =>
		async ({ clientId, tokenEndpoint }) => {
			const { pem } = entra.emulator.appCertificate;
			const { raw } = new X509Certificate(pem);
			const thumbprint = createHash("sha256").update(raw).digest("base64url");
			const iat = Math.floor(now() / 1_000);
			return signedJwt(
				pem,
				{ "x5t#S256": thumbprint },
				{
					aud: tokenEndpoint,
					iss: clientId,
					sub: clientId,
					iat,
					nbf: iat,
					exp: iat + 600,
				},
			);
		};
	const signs = signsAt(Date.now);

	function daemon(
		getAssertion: GetAssertion,
		options: ClientAssertionCredentialOptions = {},
	) {
		return new ClientAssertionCredential(
			entra.emulator.tenants.contoso.id,
			entra.emulator.apps.daemon.clientId,
			getAssertion,
			{ ...entra.options, ...options },
		);
	}
	return { signs, signsAt, daemon };
}

/** The callback, and what each of its calls was given. */
export function counted(getAssertion: GetAssertion) {
	const asked: ClientAssertionRequest[] = [];
	const counting: GetAssertion = (request) => {
		asked.push(request);
		return getAssertion(request);
	};
	return { asked, counting };
}
