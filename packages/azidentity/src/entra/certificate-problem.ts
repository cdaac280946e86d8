/** What can be wrong with a certificate and its key, in words that stay: `suberror` of the error that a caller gets. */
export type CertificateFault =
	| "file_not_found"
	| "file_unreadable"
	| "not_a_file"
	| "too_large"
	| "empty"
	| "damaged"
	| "unsupported"
	| "password_missing"
	| "wrong_password"
	| "no_key"
	| "no_certificate"
	| "several_keys"
	| "not_rsa"
	| "weak_key"
	| "key_mismatch";

/**
 * What is wrong with a certificate, before anybody knows whose it is. The message goes on after the
 * name of the file, and never quotes what is in it.
 */
export class CertificateProblem extends Error {
	readonly fault: CertificateFault;

	constructor(fault: CertificateFault, message: string, cause?: Error) {
		super(message, cause && { cause });
		this.name = "CertificateProblem";
		this.fault = fault;
	}
}
