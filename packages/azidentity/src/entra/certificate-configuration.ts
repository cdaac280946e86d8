import { CredentialUnavailableError } from "../errors.ts";

/** A certificate and its private key as PEM. */
export interface ClientCertificatePEMCertificate {
	/**
	 * The PEM text of the certificate, its private key, and the certificates of its issuers if they are to
	 * be sent; in any order. Line breaks may be written as `\n`. PKCS#12 in base64 is read as well.
	 */
	certificate: string;
	/** What the private key is encrypted with. Default: it is not. */
	certificatePassword?: string;
}

/** A certificate and its private key in a file. */
export interface ClientCertificatePEMCertificatePath {
	/**
	 * The path of a file with the certificate, its private key, and the certificates of its issuers if they
	 * are to be sent: PEM, in any order, or PKCS#12. It is read with the first token, and again when it has changed.
	 */
	certificatePath: string;
	/** What the file or the private key is encrypted with. Default: it is not. */
	certificatePassword?: string;
}

/** A certificate and its private key as the bytes of a PKCS#12 file (`.pfx`, `.p12`), or of a PEM file. */
export interface ClientCertificatePKCS12 {
	certificate: Uint8Array;
	/** What the file is encrypted with. Default: nothing, or an empty password. */
	certificatePassword?: string;
}

/** A certificate in the forms that `@azure/identity` knows. */
export type ClientCertificateCredentialPEMConfiguration =
	| ClientCertificatePEMCertificate
	| ClientCertificatePEMCertificatePath;

/** A certificate in any form; a text alone is the path of a file. */
export type ClientCertificateConfiguration =
	| string
	| ClientCertificateCredentialPEMConfiguration
	| ClientCertificatePKCS12;

/** Where a certificate is, and what opens it. */
export interface CertificatePlace {
	/** What errors and the log call it. */
	readonly name: string;
	readonly path: string | undefined;
	/** What would be in the file, when there is no path. */
	readonly content: string | Uint8Array;
	readonly password: string | undefined;
}

/** A path that is longer may be something else, such as a key, and is not shown. */
const LONGEST_PATH_SHOWN = 512;

/** The configuration as it may really be: programs in JavaScript, and variables of the environment, hold anything. */
interface Given {
	readonly certificate?: unknown;
	readonly certificatePath?: unknown;
	readonly certificatePassword?: unknown;
}

/**
 * Reads the configuration, once: what the program does with it later changes nothing.
 * @throws CredentialUnavailableError when it cannot be right. It shows no value: they get mixed up.
 */
export function certificatePlace(
	credentialName: string,
	configuration: ClientCertificateConfiguration,
): CertificatePlace {
	const given: Given =
		typeof configuration === "string"
			? { certificatePath: configuration }
			: (configuration ?? {});
	const { certificate, certificatePassword, certificatePath } = given;
	const wrong = whatIsWrong(given);
	if (wrong !== undefined)
		throw new CredentialUnavailableError(`${credentialName}: ${wrong}`);
	const password = textOf(certificatePassword);
	const path = textOf(certificatePath);
	if (path !== undefined)
		return { name: fileName(path), path, content: "", password };
	const content = certificate as string | Uint8Array;
	return {
		name: "the given certificate",
		path,
		// Not slice(): that of a Buffer shows the same memory.
		content: typeof content === "string" ? content : Uint8Array.from(content),
		password,
	};
}

function whatIsWrong({
	certificate,
	certificatePassword,
	certificatePath,
}: Given): string | undefined {
	if (!certificate && !certificatePath)
		return "the certificate is missing. Pass certificatePath, the path of a file, or certificate, what is in such a file.";
	if (certificate && certificatePath)
		return "certificate and certificatePath were both given, and only one can count. Pass one of them.";
	if (certificatePath && typeof certificatePath !== "string")
		return "certificatePath is no text.";
	if (typeof certificatePath === "string" && isPem(certificatePath))
		return "certificatePath holds a certificate, not the path of a file. Pass it as { certificate }.";
	const isContent =
		typeof certificate === "string" || certificate instanceof Uint8Array;
	if (certificate && !isContent)
		return "certificate is neither a text nor bytes (Uint8Array).";
	if (certificatePassword && typeof certificatePassword !== "string")
		return "certificatePassword is no text.";
	return undefined;
}

/** Whether the text holds PEM, be it whole or not. */
export function isPem(text: string): boolean {
	return text.includes("-----BEGIN ");
}

function textOf(value: unknown): string | undefined {
	return typeof value === "string" && value !== "" ? value : undefined;
}

function fileName(path: string): string {
	return path.length > LONGEST_PATH_SHOWN
		? "the certificate file"
		: `the certificate file ${path}`;
}
