import { decodeProtectedHeader, importJWK, jwtVerify } from "jose";
import { unknownCertificate } from "../dialect/refusals.ts";
import type { AppCertificate } from "../directory.ts";
import { presentedCertificate } from "./presented-certificate.ts";

/**
 * Checks a certificate's assertion as ADFS does, which knows RS256 and SHA-1 thumbprints only. The library cannot: it
 * takes what Entra takes, and only for its own endpoint. Throws the refusal.
 */
export async function checkAdfsAssertion(
	assertion: string,
	asked: {
		readonly clientId: string;
		readonly certificates: readonly AppCertificate[];
		readonly audience: string;
		readonly now: number;
	},
): Promise<void> {
	const { audience, certificates, clientId, now } = asked;
	const certificate = presentedCertificate(certificates, assertion);
	if (certificate === undefined)
		throw unknownCertificate("the thumbprint names no certificate of the app");
	const { alg, x5t } = decodeProtectedHeader(assertion);
	if (alg !== "RS256" || x5t === undefined)
		throw unknownCertificate("ADFS reads RS256 and x5t");
	try {
		await jwtVerify(assertion, await importJWK(certificate.jwk, "RS256"), {
			audience,
			issuer: clientId,
			subject: clientId,
			requiredClaims: ["exp", "jti"],
			currentDate: new Date(now),
		});
	} catch (error) {
		throw unknownCertificate(
			error instanceof Error ? error.message : String(error),
		);
	}
}
