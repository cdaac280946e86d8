import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { CertificateProblem } from "./certificate-problem.ts";

/** What was found in a file or a text: in the order in which it was there. */
export interface CertificateParts {
	readonly keys: readonly KeyObject[];
	readonly certificates: readonly X509Certificate[];
}

interface Block {
	readonly label: string;
	/** The block in its canonical form: PEM of files that were folded, indented or put on one line. */
	readonly text: string;
	readonly isEncrypted: boolean;
}

const BEGIN = "-----BEGIN ";
const LABEL = /^([A-Z0-9 ]+)-----/;

/** RFC 1421 §4.4: what old tools write above an encrypted key. */
const HEADERS = /^(?:[\w-]+:.*\n)+\n/;

const CERTIFICATE = /^(X509 |TRUSTED )?CERTIFICATE$/;

/** Kinds of keys that no certificate of an application has. */
const FOREIGN_KEYS = new Set(["EC PRIVATE KEY", "DSA PRIVATE KEY"]);

/**
 * Keys and certificates of a PEM text (RFC 7468), whatever stands between them.
 * @throws CertificateProblem
 */
export function parsePem(
	text: string,
	password: string | undefined,
): CertificateParts {
	const blocks = blocksOf(text);
	return {
		keys: blocks
			.filter(({ label }) => label.endsWith("PRIVATE KEY"))
			.map((block) => keyOf(block, password)),
		certificates: blocks
			.filter(({ label }) => CERTIFICATE.test(label))
			.map(({ text }) => certificateOf(text)),
	};
}

/** @throws CertificateProblem when it is no certificate. */
export function certificateOf(encoded: string | Buffer): X509Certificate {
	try {
		return new X509Certificate(encoded);
	} catch {
		throw new CertificateProblem(
			"damaged",
			"holds a certificate that cannot be read: it is cut off or damaged. Export it again.",
		);
	}
}

/**
 * Environment variables and YAML turn line breaks into `\n`, into spaces, or into an indentation. A block ends
 * before the next one begins, so that the time this takes grows with the text alone, whatever is in it.
 */
function blocksOf(text: string): Block[] {
	const lines = text.replaceAll(/\\r|\r/g, "").replaceAll("\\n", "\n");
	return lines.split(BEGIN).slice(1).map(block);
}

function block(part: string): Block {
	const [opening, label = ""] = LABEL.exec(part) ?? [""];
	const end = part.indexOf(`-----END ${label}-----`, opening.length);
	if (label === "" || end === -1)
		throw new CertificateProblem(
			"damaged",
			"holds PEM that is cut off: a BEGIN line has no END line. Export it again, or check how it was copied.",
		);
	const body = part.slice(opening.length, end).split("\n");
	const unindented = body
		.map((line) => line.trim())
		.join("\n")
		.trimStart();
	const headers = HEADERS.exec(unindented)?.[0] ?? "";
	const base64 = unindented.slice(headers.length).replaceAll(/\s/g, "");
	const lines = base64.match(/.{1,64}/g) ?? [];
	return {
		label,
		text: `-----BEGIN ${label}-----\n${headers}${lines.join("\n")}\n-----END ${label}-----\n`,
		isEncrypted: label.startsWith("ENCRYPTED") || headers.includes("ENCRYPTED"),
	};
}

function keyOf(block: Block, password: string | undefined): KeyObject {
	const { isEncrypted, label, text } = block;
	if (FOREIGN_KEYS.has(label)) throw notRsa();
	if (isEncrypted && !password) throw passwordMissing();
	try {
		return createPrivateKey({
			key: text,
			format: "pem",
			...(isEncrypted && { passphrase: password }),
		});
	} catch (error) {
		throw keyProblem(block, error);
	}
}

function keyProblem({ isEncrypted, label }: Block, error: unknown): Error {
	const { code } = error as { code?: string };
	if (isEncrypted && code !== "ERR_OSSL_EVP_UNSUPPORTED")
		return wrongPassword();
	if (isEncrypted || label.startsWith("OPENSSH"))
		return new CertificateProblem(
			"unsupported",
			"holds a private key in a form that cannot be read here. Convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc.",
		);
	return new CertificateProblem(
		"damaged",
		"holds a private key that cannot be read: it is cut off or damaged. Export it again.",
	);
}

export function notRsa(): CertificateProblem {
	return new CertificateProblem(
		"not_rsa",
		"holds a key that is not RSA, which Microsoft Entra ID does not accept. Make an RSA key of 2048 bits or more.",
	);
}

export function passwordMissing(): CertificateProblem {
	return new CertificateProblem(
		"password_missing",
		"is protected by a password, and none was given. Pass certificatePassword.",
	);
}

export function wrongPassword(): CertificateProblem {
	return new CertificateProblem(
		"wrong_password",
		"cannot be opened with the password that was given: it is another one, or the file is damaged. Check certificatePassword.",
	);
}
