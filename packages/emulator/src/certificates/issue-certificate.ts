// Node reads X.509 but does not write it. The libraries that do (@peculiar/x509, and selfsigned on top of it) bring
// fifteen packages and a dependency-injection container for the three certificates made here, once; this is X.509's
// smallest useful corner instead, and the tests have it judged by OpenSSL and by Node.
import {
	createHash,
	type KeyObject,
	type KeyPairKeyObjectResult,
	randomBytes,
	sign,
} from "node:crypto";
import {
	alternativeName,
	bitString,
	commonName,
	element,
	NULL,
	objectIdentifier,
	octetString,
	positiveInteger,
	sequence,
	TRUE,
	time,
} from "./der.ts";

export interface CertificateRequest {
	/** The subject's common name. */
	readonly name: string;
	readonly keys: KeyPairKeyObjectResult;
	readonly notBefore: Date;
	readonly notAfter: Date;
	/** Who signs; the subject itself when left out. */
	readonly issuer?: Pick<CertificateRequest, "name" | "keys">;
	/** `authority`: signs one level of certificates. `server`: TLS, for `hosts`. `client`: signs assertions. */
	readonly role: "authority" | "server" | "client";
	/** Host names and IP addresses of a server. */
	readonly hosts?: readonly string[];
}

/** A signed X.509 v3 certificate (RFC 5280), as PEM. Keys are RSA or EC P-256. */
export function issueCertificate(request: CertificateRequest): string {
	const issuer = request.issuer ?? request;
	const algorithm = signatureAlgorithm(issuer.keys.privateKey);
	const toSign = sequence(
		element(0xa0, positiveInteger(Buffer.from([2]))),
		serialNumber(),
		algorithm,
		commonName(issuer.name),
		sequence(time(request.notBefore), time(request.notAfter)),
		commonName(request.name),
		publicKeyInfo(request.keys.publicKey),
		element(0xa3, sequence(...extensions(request, issuer.keys.publicKey))),
	);
	const signature = sign("sha256", toSign, issuer.keys.privateKey);
	return pem(sequence(toSign, algorithm, bitString(signature)));
}

function extensions(
	request: CertificateRequest,
	issuerKey: KeyObject,
): Buffer[] {
	const isAuthority = request.role === "authority";
	const { hosts = [] } = request;
	const list = [
		// An authority may sign servers and no further authorities: path length 0.
		critical(
			"2.5.29.19",
			isAuthority
				? sequence(TRUE, positiveInteger(Buffer.from([0])))
				: sequence(),
		),
		// keyCertSign and cRLSign, or digitalSignature.
		critical(
			"2.5.29.15",
			isAuthority
				? bitString(Buffer.from([0x06]), 1)
				: bitString(Buffer.from([0x80]), 7),
		),
		extension("2.5.29.14", octetString(keyIdentifier(request.keys.publicKey))),
		extension("2.5.29.35", sequence(element(0x80, keyIdentifier(issuerKey)))),
	];
	if (request.role === "server")
		list.push(
			extension("2.5.29.37", sequence(objectIdentifier("1.3.6.1.5.5.7.3.1"))),
		);
	if (hosts.length > 0)
		list.push(extension("2.5.29.17", sequence(...hosts.map(alternativeName))));
	return list;
}

function extension(identifier: string, value: Buffer): Buffer {
	return sequence(objectIdentifier(identifier), octetString(value));
}

function critical(identifier: string, value: Buffer): Buffer {
	return sequence(objectIdentifier(identifier), TRUE, octetString(value));
}

function signatureAlgorithm(key: KeyObject): Buffer {
	return key.asymmetricKeyType === "rsa"
		? sequence(objectIdentifier("1.2.840.113549.1.1.11"), NULL)
		: sequence(objectIdentifier("1.2.840.10045.4.3.2"));
}

function serialNumber(): Buffer {
	// The leading 1 keeps the number positive and never zero; the rest cannot be guessed.
	return positiveInteger(Buffer.concat([Buffer.from([1]), randomBytes(15)]));
}

function publicKeyInfo(key: KeyObject): Buffer {
	return key.export({ type: "spki", format: "der" });
}

function keyIdentifier(key: KeyObject): Buffer {
	return createHash("sha1").update(publicKeyInfo(key)).digest();
}

function pem(der: Buffer): string {
	const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
	return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
