import {
	constants,
	createHash,
	type SignKeyObjectInput,
	sign,
} from "node:crypto";
import { promisify } from "node:util";
import { log } from "../foundation/log.ts";
import { type ClientCertificate, isCurrent } from "./certificate.ts";
import type { CertificatePlace } from "./certificate-configuration.ts";
import { certificateSource } from "./certificate-source.ts";
import type { ProofRequest } from "./client-proof.ts";

/** As long as every official client lets it be: enough for clocks that differ and requests that are repeated. */
const LIFETIME_S = 600;

/** In the thread pool: a signature takes a millisecond, in which other callers go on. */
const signature = promisify(
	(text: string, key: SignKeyObjectInput, done: SignatureCallback) =>
		sign("sha256", Buffer.from(text), key, done),
);
type SignatureCallback = (error: Error | null, signature: Buffer) => void;

/** Makes an assertion for one request, signed by the certificate as it is then. */
export type CertificateSigner = (request: ProofRequest) => Promise<string>;

export function certificateSigner(
	credentialName: string,
	place: CertificatePlace,
	sendsChain: boolean,
	now: () => number,
): CertificateSigner {
	const currentCertificate = certificateSource(credentialName, place, now);
	return async (request) => {
		const certificate = await currentCertificate();
		const { validFrom, validTo } = certificate.chain[0];
		if (!isCurrent(certificate.chain[0], now()))
			log.warning(
				`${credentialName} => ${place.name} is valid from ${validFrom} to ${validTo}, and not now. It is used all the same; Microsoft Entra ID will probably refuse it.`,
			);
		return signedAssertion(certificate, request, sendsChain, now());
	};
}

/**
 * RFC 7523 §3: PS256 with the certificate's SHA-256 thumbprint; for ADFS, which reads no other form,
 * RS256 with SHA-1.
 */
async function signedAssertion(
	{ chain, key }: ClientCertificate,
	{ clientId, isAdfs, tokenEndpoint }: ProofRequest,
	sendsChain: boolean,
	now: number,
): Promise<string> {
	const [leaf] = chain;
	const thumbprint = (algorithm: string) =>
		createHash(algorithm).update(leaf.raw).digest("base64url");
	const header = {
		alg: isAdfs ? "RS256" : "PS256",
		typ: "JWT",
		...(isAdfs
			? { x5t: thumbprint("sha1") }
			: { "x5t#S256": thumbprint("sha256") }),
		...(sendsChain && { x5c: chain.map(({ raw }) => raw.toString("base64")) }),
	};
	const issuedAt = Math.floor(now / 1_000);
	const claims = {
		aud: tokenEndpoint,
		iss: clientId,
		sub: clientId,
		jti: crypto.randomUUID(),
		iat: issuedAt,
		nbf: issuedAt,
		exp: issuedAt + LIFETIME_S,
	};
	const text = `${encoded(header)}.${encoded(claims)}`;
	const padding = isAdfs
		? { padding: constants.RSA_PKCS1_PADDING }
		: {
				padding: constants.RSA_PKCS1_PSS_PADDING,
				saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
			};
	const signed = await signature(text, { key, ...padding });
	return `${text}.${signed.toString("base64url")}`;
}

function encoded(part: object): string {
	return Buffer.from(JSON.stringify(part)).toString("base64url");
}
