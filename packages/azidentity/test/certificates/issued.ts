import {
	createHash,
	createPrivateKey,
	generateKeyPairSync,
	X509Certificate,
} from "node:crypto";
import forge from "node-forge";

/** A key and its certificate, as PEM. */
export interface Issued {
	readonly key: string;
	readonly certificate: string;
	/** Both in one text. */
	readonly pem: string;
	/** Of the certificate, in base64url. */
	readonly thumbprint: (algorithm: "sha1" | "sha256") => string;
}

interface Wishes {
	readonly name: string;
	/** The key of another one, when it is to be renewed. */
	readonly key?: string;
	/** Who signs; the subject itself when left out. */
	readonly issuer?: Issued;
	/** In days from now. */
	readonly from?: number;
	readonly to?: number;
	/** Whether it is to sign others. */
	readonly isAuthority?: boolean;
	/** The host name of a TLS server. */
	readonly host?: string;
}

const DAY_MS = 24 * 60 * 60_000;

/** A new RSA key as PEM: keys leave their generation as text, since exporting them can stop Node 20 for good. */
export function rsaKey(modulusLength = 2048): string {
	return generateKeyPairSync("rsa", {
		modulusLength,
		publicKeyEncoding: { type: "spki", format: "pem" },
		privateKeyEncoding: { type: "pkcs8", format: "pem" },
	}).privateKey;
}

export function ecKey(): string {
	return generateKeyPairSync("ec", {
		namedCurve: "P-256",
		publicKeyEncoding: { type: "spki", format: "pem" },
		privateKeyEncoding: { type: "pkcs8", format: "pem" },
	}).privateKey;
}

/** A certificate made by other code than the one that reads it. */
export function issued(wishes: Wishes): Issued {
	const { from = -1, issuer, key = rsaKey(), name, to = 30 } = wishes;
	const privateKey = forge.pki.privateKeyFromPem(key);
	const certificate = forge.pki.createCertificate();
	certificate.publicKey = forge.pki.setRsaPublicKey(privateKey.n, privateKey.e);
	certificate.serialNumber = `01${forge.util.bytesToHex(forge.random.getBytesSync(8))}`;
	certificate.validity.notBefore = new Date(Date.now() + from * DAY_MS);
	certificate.validity.notAfter = new Date(Date.now() + to * DAY_MS);
	const subject = [{ name: "commonName", value: name }];
	certificate.setSubject(subject);
	certificate.setIssuer(
		issuer === undefined
			? subject
			: forge.pki.certificateFromPem(issuer.certificate).subject.attributes,
	);
	const extensions = extensionsOf(wishes);
	if (extensions.length > 0) certificate.setExtensions(extensions);
	const signer = forge.pki.privateKeyFromPem(issuer?.key ?? key);
	certificate.sign(signer, forge.md.sha256.create());
	const text = forge.pki.certificateToPem(certificate).replaceAll("\r", "");
	const { raw } = new X509Certificate(text);
	return {
		key,
		certificate: text,
		pem: key + text,
		thumbprint: (algorithm) =>
			createHash(algorithm).update(raw).digest("base64url"),
	};
}

function extensionsOf({ host, isAuthority = false }: Wishes): object[] {
	const signsOthers = [
		{ name: "basicConstraints", cA: true, critical: true },
		{ name: "keyUsage", keyCertSign: true, critical: true },
	];
	// 2 is a name of the domain name system (RFC 5280 §4.2.1.6).
	const altNames = [{ type: 2, value: host }];
	return [
		...(isAuthority ? signsOthers : []),
		...(host === undefined ? [] : [{ name: "subjectAltName", altNames }]),
	];
}

/** The key in another form: of old tools, or encrypted. */
export function keyAs(
	key: string,
	type: "pkcs1" | "pkcs8",
	passphrase?: string,
): string {
	return createPrivateKey(key)
		.export({
			type,
			format: "pem",
			...(passphrase && { cipher: "aes-256-cbc", passphrase }),
		})
		.toString();
}

/** PKCS#12 of key and certificates. */
export function pkcs12(
	{ key, certificate }: Issued,
	password: string,
	algorithm: "aes256" | "3des" = "aes256",
): Buffer {
	const asn1 = forge.pkcs12.toPkcs12Asn1(
		forge.pki.privateKeyFromPem(key),
		[forge.pki.certificateFromPem(certificate)],
		password,
		{ algorithm },
	);
	return Buffer.from(forge.asn1.toDer(asn1).getBytes(), "latin1");
}
