const BEGIN = /-----BEGIN CERTIFICATE-----/g;
const CERTIFICATE =
	/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * Whether the PEM text holds certificates, and every one of them can be read. TLS itself would pass over a
 * damaged one and trust the rest, so a file caught half written would narrow the trust without a word.
 */
export function isCertificateBundle(pem: string): boolean {
	const certificates = pem.match(CERTIFICATE) ?? [];
	if (certificates.length !== (pem.match(BEGIN) ?? []).length) return false;
	return certificates.length > 0 && certificates.every(isReadable);
}

function isReadable(certificate: string): boolean {
	// Loaded here: importing it costs 3 ms, which those who have no bundle do not pay.
	const { X509Certificate } = process.getBuiltinModule("node:crypto");
	try {
		new X509Certificate(certificate);
		return true;
	} catch {
		return false; // what is wrong with it does not matter: it cannot be trusted
	}
}
