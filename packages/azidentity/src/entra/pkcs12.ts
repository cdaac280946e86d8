import { createPrivateKey, type KeyObject } from "node:crypto";
import { CertificateProblem } from "./certificate-problem.ts";
import { type Der, damaged, type Forge, readDer } from "./der.ts";
import {
	type CertificateParts,
	certificateOf,
	passwordMissing,
	wrongPassword,
} from "./pem.ts";
import {
	decrypted,
	isSealedWith,
	type Password,
	unsupported,
} from "./pkcs12-protection.ts";

const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";

const KEY_BAG = "1.2.840.113549.1.12.10.1.1";
const SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
const CERTIFICATE_BAG = "1.2.840.113549.1.12.10.1.3";
const X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";

/**
 * Keys and certificates of a PKCS#12 file (RFC 7292). The certificates keep their bytes: their
 * thumbprints are what Entra knows them by.
 * @throws CertificateProblem
 */
export async function parsePkcs12(
	der: Buffer,
	password: string | undefined,
): Promise<CertificateParts> {
	const { forge } = await import("./forge.ts");
	try {
		return await partsWith(forge, der, password);
	} catch (error) {
		// What the library says may quote the file.
		throw error instanceof CertificateProblem ? error : damaged();
	}
}

async function partsWith(
	forge: Forge,
	der: Buffer,
	password: string | undefined,
): Promise<CertificateParts> {
	const [version, safe, seal] = readDer(forge, der).all();
	if (version === undefined || safe === undefined) throw damaged();
	if (safe.at(0).oid() !== DATA) throw unsupported();
	const content = safe.at(1).at(0).octets();
	// Programs differ in what they take "no password" for: for none at all, or for an empty one.
	const candidates: Password[] = password ? [password] : [null, ""];
	const fitting = candidates.filter(
		(candidate) =>
			seal === undefined || isSealedWith(forge, seal, content, candidate),
	);
	for (const candidate of fitting) {
		const parts = await partsOf(forge, content, candidate);
		if (parts !== undefined) return parts;
	}
	throw password ? wrongPassword() : passwordMissing();
}

/** What is in the file; undefined when the password is another one. */
async function partsOf(
	forge: Forge,
	content: Buffer,
	password: Password,
): Promise<CertificateParts | undefined> {
	const keys: KeyObject[] = [];
	const certificates = [];
	for (const info of readDer(forge, content).all()) {
		const safe = await opened(forge, info, password);
		if (safe === undefined) return undefined;
		for (const bag of readDer(forge, safe).all()) {
			const value = bag.at(1).at(0);
			const kind = bag.at(0).oid();
			if (kind === KEY_BAG) keys.push(keyOf(value.encoded()));
			if (kind === CERTIFICATE_BAG && value.at(0).oid() === X509_CERTIFICATE)
				certificates.push(certificateOf(value.at(1).at(0).octets()));
			if (kind !== SHROUDED_KEY_BAG) continue;
			const key = await decrypted(
				forge,
				value.at(0),
				value.at(1).octets(),
				password,
			);
			if (key === undefined) return undefined;
			keys.push(keyOf(key));
		}
	}
	return { keys, certificates };
}

async function opened(
	forge: Forge,
	info: Der,
	password: Password,
): Promise<Buffer | undefined> {
	const kind = info.at(0).oid();
	const content = info.at(1).at(0);
	if (kind === DATA) return content.octets();
	if (kind !== ENCRYPTED_DATA) throw unsupported();
	const encrypted = content.at(1);
	return decrypted(forge, encrypted.at(1), encrypted.at(2).octets(), password);
}

function keyOf(der: Buffer): KeyObject {
	try {
		return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
	} catch {
		throw damaged();
	}
}
