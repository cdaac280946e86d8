import { log } from "../foundation/log.ts";
import { type ClientCertificate, parseCertificate } from "./certificate.ts";
import type { CertificatePlace } from "./certificate-configuration.ts";
import {
	certificateFileStamp,
	LARGEST_CERTIFICATE_BYTES,
	readCertificateFile,
	tooLarge,
} from "./certificate-file.ts";

/**
 * Gets the certificate as it is now: it is parsed once, and again when its file has changed, so a
 * renewed one is used without a restart. While a file is being replaced by something that cannot be
 * read, the certificate that was read before goes on serving.
 */
export function certificateSource(
	credentialName: string,
	place: CertificatePlace,
	now: () => number,
): () => Promise<ClientCertificate> {
	let known: { stamp: string; certificate: ClientCertificate } | undefined;
	let loading: Promise<ClientCertificate> | undefined;

	async function load(): Promise<ClientCertificate> {
		try {
			const stamp = await stampOf(place);
			if (stamp === known?.stamp) return known.certificate;
			const content = await contentOf(place);
			const certificate = await parseCertificate(
				content,
				place.password,
				now(),
			);
			known = { stamp, certificate };
			return certificate;
		} catch (error) {
			if (known === undefined) throw error;
			const reason = error instanceof Error ? error.message : "is unusable.";
			log.warning(
				`${credentialName} => ${place.name} ${reason} Until then the one that was read before is used.`,
			);
			return known.certificate;
		}
	}

	return () => {
		loading ??= load().finally(() => {
			loading = undefined;
		});
		return loading;
	};
}

/** What was given as it is never changes. */
async function stampOf({ path }: CertificatePlace): Promise<string> {
	return path === undefined ? "given" : certificateFileStamp(path);
}

async function contentOf({
	content,
	path,
}: CertificatePlace): Promise<string | Uint8Array> {
	const found = path === undefined ? content : await readCertificateFile(path);
	if (found.length > LARGEST_CERTIFICATE_BYTES) throw tooLarge();
	return found;
}
