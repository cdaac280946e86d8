import { assertionForm } from "./assertion-form.ts";
import {
	type ClientCertificateConfiguration,
	certificatePlace,
} from "./certificate-configuration.ts";
import type { CertificateSigner } from "./certificate-signer.ts";
import type { ClientProof } from "./client-proof.ts";

/** What a credential says about how its certificate is shown: its own options. */
export interface CertificateProofOptions {
	/** Whether the certificate and its issuers are sent along, so that Entra can go by subject name and issuer. Default false. */
	readonly sendCertificateChain?: boolean | undefined;
	/** The clock, in milliseconds since 1970. */
	readonly now?: (() => number) | undefined;
}

/**
 * Shows who the client is by a certificate: each request gets an assertion of its own, signed by the
 * certificate's key. Nothing is read before the first one. Key and password live in closures.
 * A certificate that is not valid at the time is shown all the same, with a warning in the log.
 * @throws CredentialUnavailableError when the configuration cannot be right. The proof itself throws an
 * AuthenticationError with the word `invalid_certificate`, and with what is wrong as its `suberror`.
 */
export function certificateProof(
	credentialName: string,
	configuration: ClientCertificateConfiguration,
	options: CertificateProofOptions = {},
): ClientProof {
	const { now = Date.now, sendCertificateChain = false } = options;
	const place = certificatePlace(credentialName, configuration);
	let signer: Promise<CertificateSigner> | undefined;

	// What reads, parses and signs is loaded by the first request on the network, and again when that failed.
	async function load(): Promise<CertificateSigner> {
		try {
			const { certificateSigner } = await import("./certificate-signer.ts");
			return certificateSigner(
				credentialName,
				place,
				sendCertificateChain,
				now,
			);
		} catch (error) {
			signer = undefined;
			throw error;
		}
	}

	return async (request) => {
		signer ??= load();
		try {
			const sign = await signer;
			return assertionForm(await sign(request));
		} catch (error) {
			const { asInvalid } = await import("./invalid-certificate.ts");
			throw asInvalid(credentialName, place, error);
		}
	};
}
