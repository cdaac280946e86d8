import { createHash, X509Certificate } from "node:crypto";
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

/**
 * What is wrong with the chain that an assertion's header shows (`x5c`, RFC 7515 §4.1.6): it has to begin with the
 * certificate of the thumbprint, and each one has to certify the one before. Undefined when all is well, or there is none.
 */
export function chainFault(
	{ x5t256 }: AppCertificate,
	assertion: string,
): string | undefined {
	const { x5c } = headerOf(assertion);
	if (x5c === undefined) return undefined;
	const chain = certificatesIn(x5c);
	const [leaf] = chain ?? [];
	if (chain === undefined || leaf === undefined)
		return "x5c is not a list of certificates";
	const thumbprint = createHash("sha256").update(leaf.raw).digest("base64url");
	if (thumbprint !== x5t256) return "x5c begins with another certificate";
	const isBroken = chain.some((certificate, index) => {
		const issuer = chain[index + 1];
		return issuer !== undefined && !certificate.verify(issuer.publicKey);
	});
	return isBroken ? "x5c is not a chain" : undefined;
}

function certificatesIn(x5c: unknown): X509Certificate[] | undefined {
	if (!Array.isArray(x5c)) return undefined;
	try {
		return x5c.map((each) => {
			// Plain base64 of DER: no PEM, not base64url. MSAL Python leaves the line breaks of PEM in it.
			if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(each)) throw new TypeError();
			return new X509Certificate(Buffer.from(each, "base64"));
		});
	} catch {
		return undefined;
	}
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
