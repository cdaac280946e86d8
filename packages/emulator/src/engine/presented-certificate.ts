import { decodeProtectedHeader } from "jose";
import type { AppCertificate } from "../directory.ts";

/** The certificate that an assertion's header names by its thumbprint, if it is one of these. */
export function presentedCertificate(
	certificates: readonly AppCertificate[],
	assertion: string,
): AppCertificate | undefined {
	const header = headerOf(assertion);
	const sha256 = base64url(header["x5t#S256"]);
	const sha1 = base64url(header.x5t);
	return certificates.find(({ x5t, x5t256 }) =>
		sha256 === undefined ? x5t === sha1 : x5t256 === sha256,
	);
}

/** MSAL Python pads its thumbprints, MSAL Go sends plain base64. */
function base64url(thumbprint: unknown): string | undefined {
	if (typeof thumbprint !== "string") return undefined;
	return thumbprint
		.replace(/=+$/, "")
		.replaceAll("+", "-")
		.replaceAll("/", "_");
}

function headerOf(assertion: string): Record<string, unknown> {
	try {
		return decodeProtectedHeader(assertion);
	} catch {
		// What is no JWT names nothing; the library refuses it in its own words.
		return {};
	}
}
