import { createDecipheriv, createHmac, pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import { CertificateProblem } from "./certificate-problem.ts";
import { binary, bytesOf, type Der, damaged, type Forge } from "./der.ts";

/** A password as it was given, or the absence of one, which is not the same as an empty one (RFC 7292 §B.1). */
export type Password = string | null;

/** No program writes as many; each is time in which the process may do nothing else. */
const MOST_ROUNDS = 1_000_000;

const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";
const HMAC_SHA1 = "1.2.840.113549.2.7";

/** RFC 8018 §B.1.2: what PBKDF2 works with. */
const PSEUDO_RANDOM: Readonly<Record<string, string>> = {
	[HMAC_SHA1]: "sha1",
	"1.2.840.113549.2.8": "sha224",
	"1.2.840.113549.2.9": "sha256",
	"1.2.840.113549.2.10": "sha384",
	"1.2.840.113549.2.11": "sha512",
};

/** RFC 8018 §B.2: the ciphers of PBES2, and the bytes of their keys. */
const CIPHERS: Readonly<Record<string, readonly [string, number]>> = {
	"2.16.840.1.101.3.4.1.2": ["aes-128-cbc", 16],
	"2.16.840.1.101.3.4.1.22": ["aes-192-cbc", 24],
	"2.16.840.1.101.3.4.1.42": ["aes-256-cbc", 32],
	"1.2.840.113549.3.7": ["des-ede3-cbc", 24],
};

/** RFC 7292 §C: 3DES and 40-bit RC2, with SHA-1. Node has no RC2. */
const OLD_SCHEMES = new Set([
	"1.2.840.113549.1.12.1.3",
	"1.2.840.113549.1.12.1.6",
]);

const DIGESTS = {
	"1.3.14.3.2.26": "sha1",
	"2.16.840.1.101.3.4.2.1": "sha256",
	"2.16.840.1.101.3.4.2.2": "sha384",
	"2.16.840.1.101.3.4.2.3": "sha512",
} as const;

const derivedKey = promisify(pbkdf2);

/** Decrypts what an algorithm of a PKCS#12 file has encrypted; undefined when the password is another one. */
export async function decrypted(
	forge: Forge,
	algorithm: Der,
	encrypted: Buffer,
	password: Password,
): Promise<Buffer | undefined> {
	const scheme = algorithm.at(0).oid();
	if (scheme === PBES2)
		return decryptedByPbes2(algorithm.at(1), encrypted, password);
	if (!OLD_SCHEMES.has(scheme)) throw unsupported();
	rounds(algorithm.at(1).at(1));
	const cipher = forge.pki.pbe.getCipher(
		scheme,
		algorithm.at(1).node,
		password,
	);
	cipher.update(forge.util.createBuffer(binary(encrypted)));
	return cipher.finish() ? bytesOf(cipher.output.getBytes()) : undefined;
}

/** RFC 8018 §6.2, in the thread pool: other callers go on meanwhile. */
async function decryptedByPbes2(
	parameters: Der,
	encrypted: Buffer,
	password: Password,
): Promise<Buffer | undefined> {
	const [derivation, scheme] = [parameters.at(0), parameters.at(1)];
	const [cipher, length] = CIPHERS[scheme.at(0).oid()] ?? [];
	if (derivation.at(0).oid() !== PBKDF2) throw unsupported();
	const [salt, count, ...more] = derivation.at(1).all();
	// Two members may follow: the length of the key, which the cipher says too, and the function.
	const named = more.find(({ node }) => Array.isArray(node.value));
	const digest = PSEUDO_RANDOM[named?.at(0).oid() ?? HMAC_SHA1];
	if (salt === undefined || count === undefined) throw damaged();
	if (cipher === undefined || length === undefined || digest === undefined)
		throw unsupported();
	const key = await derivedKey(
		Buffer.from(password ?? "", "utf8"),
		salt.octets(),
		rounds(count),
		length,
		digest,
	);
	const opened = createDecipheriv(cipher, key, scheme.at(1).octets());
	try {
		return Buffer.concat([opened.update(encrypted), opened.final()]);
	} catch {
		return undefined; // what comes out has no proper end, so the key is another one
	}
}

/** Whether the file was sealed with this password (RFC 7292 §4), and not changed since. */
export function isSealedWith(
	forge: Forge,
	seal: Der,
	content: Buffer,
	password: Password,
): boolean {
	const [digestInfo, salt, count] = [seal.at(0), seal.at(1), seal.all()[2]];
	const oid = digestInfo.at(0).at(0).oid();
	const digest = DIGESTS[oid as keyof typeof DIGESTS];
	if (digest === undefined) throw unsupported();
	const mac = digestInfo.at(1).octets();
	const key = forge.pki.pbe.generatePkcs12Key(
		password,
		forge.util.createBuffer(binary(salt.octets())),
		3,
		count === undefined ? 1 : rounds(count),
		mac.length,
		forge.md[digest].create(),
	);
	const expected = createHmac(digest, bytesOf(key.getBytes()));
	return expected.update(content).digest().equals(mac);
}

function rounds(count: Der): number {
	const number = count.integer();
	if (number > MOST_ROUNDS) throw unsupported();
	if (number >= 1) return number;
	throw damaged();
}

export function unsupported(): CertificateProblem {
	return new CertificateProblem(
		"unsupported",
		"is protected in a way that cannot be read here. Export it again with AES-256 and SHA-256: openssl pkcs12 -export.",
	);
}
