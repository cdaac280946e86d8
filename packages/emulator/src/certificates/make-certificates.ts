import {
	createPrivateKey,
	createPublicKey,
	generateKeyPairSync,
	type JsonWebKey,
	type KeyPairKeyObjectResult,
	randomUUID,
	X509Certificate,
} from "node:crypto";
import { isIP } from "node:net";
import { issueCertificate } from "./issue-certificate.ts";

/** What is kept: one document, so that no reader ever combines two generations. */
export interface KeptCertificates {
	readonly ca: string;
	readonly cert: string;
	readonly key: string;
	readonly app: string;
	readonly signingKey: JsonWebKey;
}

/**
 * What clients reach the emulator by, directly and by the real names through its proxy; and servers that stand beside it
 * with its certificate, for services of Azure.
 */
const HOSTS = [
	"localhost",
	"127.0.0.1",
	"::1",
	"login.microsoftonline.com",
	"login.windows.net",
	"login.microsoft.com",
	"*.login.microsoft.com",
	"sts.windows.net",
	"management.azure.com",
	"*.blob.core.windows.net",
	"*.queue.core.windows.net",
	"*.table.core.windows.net",
	"*.vault.azure.net",
];

/** Whether a server certificate is for all of these: one that an older version made may not be. */
export function coversHosts(certificate: X509Certificate): boolean {
	return HOSTS.every((host) =>
		isIP(host)
			? certificate.checkIP(host)
			: certificate.checkHost(host.replace("*", "region")),
	);
}

const DAY_MS = 24 * 60 * 60_000;

/** Apple's clients refuse a server certificate that is valid for more than 825 days; a day lies in the past already. */
const LIFETIME_MS = 820 * DAY_MS;

/** A client whose clock is behind must not find a certificate of the future. */
const BACKDATED_MS = DAY_MS;

/** A new authority, its server certificate, a client certificate and a token signing key, from `at` on. */
export function makeCertificates(at: number): KeptCertificates {
	const validity = {
		notBefore: new Date(at - BACKDATED_MS),
		notAfter: new Date(at - BACKDATED_MS + LIFETIME_MS),
	};
	const authority = {
		// Distinct for each, so that a store that was given two of them does not confuse one with the other.
		name: `azidentity emulator CA ${randomUUID().slice(0, 8)}`,
		keys: ecKeys(),
	};
	const server = ecKeys();
	const app = rsaKeys();
	const ca = issueCertificate({ ...authority, ...validity, role: "authority" });
	const leaf = issueCertificate({
		name: "localhost",
		keys: server,
		issuer: authority,
		...validity,
		role: "server",
		hosts: HOSTS,
	});
	const appCertificate = issueCertificate({
		name: "azidentity emulator app",
		keys: app,
		...validity,
		role: "client",
	});
	return {
		ca,
		cert: leaf + ca,
		key: privatePem(server),
		app: privatePem(app) + appCertificate,
		signingKey: rsaKeys().privateKey.export({ format: "jwk" }),
	};
}

/** A server's certificate that nobody vouches for, with its key and the SHA-1 that clients know it by: 40 digits. */
export interface SelfSigned {
	readonly cert: string;
	readonly key: string;
	readonly thumbprint: string;
}

/** A new certificate for a server on this machine. It is not kept: it takes a few milliseconds to make. */
export function makeSelfSigned(at: number): SelfSigned {
	const keys = ecKeys();
	const cert = issueCertificate({
		name: "localhost",
		keys,
		notBefore: new Date(at - BACKDATED_MS),
		notAfter: new Date(at - BACKDATED_MS + LIFETIME_MS),
		role: "server",
		hosts: ["localhost", "127.0.0.1"],
	});
	const { fingerprint } = new X509Certificate(cert);
	return {
		cert,
		key: privatePem(keys),
		thumbprint: fingerprint.replaceAll(":", ""),
	};
}

// Keys leave their generation as text and are read back. Exporting a key object that still belongs to its generation
// can stop Node 20 for good: the collector, run by the export, wants the lock that the export holds.

const PUBLIC_TEXT = { type: "spki", format: "pem" } as const;
const PRIVATE_TEXT = { type: "pkcs8", format: "pem" } as const;

function ecKeys(): KeyPairKeyObjectResult {
	const { privateKey } = generateKeyPairSync("ec", {
		namedCurve: "P-256",
		publicKeyEncoding: PUBLIC_TEXT,
		privateKeyEncoding: PRIVATE_TEXT,
	});
	return keysOf(privateKey);
}

/** Entra accepts client certificates of RSA only, and signs its tokens with RSA. */
function rsaKeys(): KeyPairKeyObjectResult {
	const { privateKey } = generateKeyPairSync("rsa", {
		modulusLength: 2048,
		publicKeyEncoding: PUBLIC_TEXT,
		privateKeyEncoding: PRIVATE_TEXT,
	});
	return keysOf(privateKey);
}

function keysOf(privateKey: string): KeyPairKeyObjectResult {
	return {
		privateKey: createPrivateKey(privateKey),
		publicKey: createPublicKey(privateKey),
	};
}

function privatePem(keys: KeyPairKeyObjectResult): string {
	return keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}
