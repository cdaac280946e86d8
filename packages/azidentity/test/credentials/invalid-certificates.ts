import assert from "node:assert/strict";
import {
	AuthenticationError,
	type ClientCertificateConfiguration,
} from "azidentity";
import type { certifiedDaemon } from "./certified-daemon.ts";
import type { emulatedEntra } from "./emulated-entra.ts";
import { assertShowsNone, printed } from "./planted-secrets.ts";

/** Checks that a certificate cannot be used: that the error says why, that nothing was sent, and that none of `secrets` is shown. */
export function invalidCertificates(
	entra: ReturnType<typeof emulatedEntra>,
	{ daemon }: ReturnType<typeof certifiedDaemon>,
	secrets: readonly string[],
) {
	return async (
		configuration: ClientCertificateConfiguration,
		suberror: string,
		words: RegExp,
	): Promise<void> => {
		const credential = daemon(configuration);
		const error: unknown = await credential
			.getToken("https://vault.azure.net/.default")
			.then(
				() => assert.fail("it should have failed"),
				(reason) => reason,
			);
		assert.ok(error instanceof AuthenticationError, printed(error));
		assert.equal(error.statusCode, 0);
		assert.equal(error.errorResponse.error, "invalid_certificate");
		assert.equal(error.errorResponse.suberror, suberror, error.message);
		assert.match(error.message, /^ClientCertificateCredential: /);
		assert.match(error.message, words);
		assertShowsNone(secrets, printed(error) + printed(credential));
		assert.deepEqual(await entra.tokenRequests(), []);
	};
}
