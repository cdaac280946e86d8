import type { KeyObject, X509Certificate } from "node:crypto";
import { isPem } from "./certificate-configuration.ts";
import { CertificateProblem } from "./certificate-problem.ts";
import {
	type CertificateParts,
	certificateOf,
	notRsa,
	parsePem,
} from "./pem.ts";

/** A certificate with which a client proves who it is. */
export interface ClientCertificate {
	readonly key: KeyObject;
	/** The certificate of the key, its issuer, the issuer's issuer and so on, as far as they were there. */
	readonly chain: readonly [X509Certificate, ...X509Certificate[]];
}

/** Entra refuses anything weaker, and so does everybody else. */
const SMALLEST_KEY_BITS = 2048;

/** The tag of every DER document that we can be given (SEQUENCE); no text begins with this character. */
const DER = 0x30;

/**
 * Finds a key and its certificate in PEM or PKCS#12, as bytes or as text; PKCS#12 as text is base64,
 * as Azure Key Vault hands it out.
 * @throws CertificateProblem
 */
export async function parseCertificate(
	content: string | Uint8Array,
	password: string | undefined,
	now: number,
): Promise<ClientCertificate> {
	const parts = await partsOf(content, password);
	const key = oneKey(parts);
	const leaf = leafOf(parts.certificates, key, now);
	return { key, chain: [leaf, ...issuersOf(leaf, parts.certificates)] };
}

/** Whether it can be shown at this time; a client that does is usually refused. */
export function isCurrent(certificate: X509Certificate, now: number): boolean {
	const { validFrom, validTo } = certificate;
	return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
}

async function partsOf(
	content: string | Uint8Array,
	password: string | undefined,
): Promise<CertificateParts> {
	if (typeof content !== "string" && content[0] === DER)
		return parseDer(Buffer.from(content), password);
	const text = typeof content === "string" ? content : decoded(content);
	if (text.trim() === "")
		throw new CertificateProblem(
			"empty",
			"is empty. It must hold a certificate and its private key.",
		);
	if (isPem(text)) return parsePem(text, password);
	const der = Buffer.from(text, "base64");
	if (/^[\w+/=\s-]+$/.test(text) && der[0] === DER)
		return parseDer(der, password);
	throw new CertificateProblem(
		"damaged",
		"holds neither PEM nor PKCS#12. Pass a file made by openssl, Azure Key Vault or Windows, with certificate and private key.",
	);
}

/** Windows writes UTF-16 where others write UTF-8. */
function decoded(bytes: Uint8Array): string {
	const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
	return new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
}

async function parseDer(
	der: Buffer,
	password: string | undefined,
): Promise<CertificateParts> {
	// A bare certificate is what people have at hand when they were given the wrong file.
	const lone = loneCertificate(der);
	if (lone !== undefined) return { keys: [], certificates: [lone] };
	const { parsePkcs12 } = await import("./pkcs12.ts");
	return parsePkcs12(der, password);
}

function loneCertificate(der: Buffer): X509Certificate | undefined {
	try {
		return certificateOf(der);
	} catch {
		return undefined; // PKCS#12, or nothing that we know: its parser says which
	}
}

function oneKey({ keys, certificates }: CertificateParts): KeyObject {
	const [key] = keys;
	if (key === undefined)
		throw new CertificateProblem(
			"no_key",
			certificates.length === 0
				? "holds neither a certificate nor a private key."
				: "holds a certificate without its private key. Export both into one file.",
		);
	if (keys.some((other) => !other.equals(key)))
		throw new CertificateProblem(
			"several_keys",
			"holds more than one private key. Leave only the one of the application's certificate.",
		);
	if (key.asymmetricKeyType !== "rsa") throw notRsa();
	const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
	if (modulusLength < SMALLEST_KEY_BITS)
		throw new CertificateProblem(
			"weak_key",
			`holds an RSA key of ${modulusLength} bits, which Microsoft Entra ID does not accept. Make one of ${SMALLEST_KEY_BITS} bits or more.`,
		);
	return key;
}

/** The certificate of the key, wherever it stands; after a renewal with the same key, the one that is current. */
function leafOf(
	certificates: readonly X509Certificate[],
	key: KeyObject,
	now: number,
): X509Certificate {
	if (certificates.length === 0)
		throw new CertificateProblem(
			"no_certificate",
			"holds a private key without its certificate. Put both into one file.",
		);
	const [leaf, ...others] = certificates.filter((certificate) =>
		certificate.checkPrivateKey(key),
	);
	if (leaf === undefined)
		throw new CertificateProblem(
			"key_mismatch",
			"holds a private key that belongs to none of its certificates. Put the certificate of this key into it.",
		);
	return others.reduce(
		(best, other) => (lastsLonger(other, best, now) ? other : best),
		leaf,
	);
}

function lastsLonger(
	one: X509Certificate,
	other: X509Certificate,
	now: number,
): boolean {
	const currents = [one, other].map((each) => isCurrent(each, now));
	if (currents[0] !== currents[1]) return currents[0] === true;
	return Date.parse(one.validTo) > Date.parse(other.validTo);
}

/** RFC 7515 §4.1.6: each one certifies the one before. What belongs to no chain of the leaf stays out. */
function issuersOf(
	leaf: X509Certificate,
	certificates: readonly X509Certificate[],
): X509Certificate[] {
	const chain: X509Certificate[] = [];
	let rest = certificates.filter((each) => !isSame(each, leaf));
	for (let last = leaf; !hasIssued(last, last); ) {
		const issuer = rest.find((candidate) => hasIssued(candidate, last));
		if (issuer === undefined) break;
		chain.push(issuer);
		rest = rest.filter((each) => !isSame(each, issuer));
		last = issuer;
	}
	return chain;
}

function isSame(one: X509Certificate, other: X509Certificate): boolean {
	return one.raw.equals(other.raw);
}

function hasIssued(issuer: X509Certificate, subject: X509Certificate): boolean {
	try {
		return subject.checkIssued(issuer) && subject.verify(issuer.publicKey);
	} catch {
		return false; // a key of a kind that this Node does not know
	}
}
