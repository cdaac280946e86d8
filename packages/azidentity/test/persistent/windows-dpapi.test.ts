// What DPAPI does is tested where it is: packages/azidentity/test-windows, by `npm run test:windows`.
import assert from "node:assert/strict";
import { test } from "vitest";
import { CredentialUnavailableErrorName } from "../../src/errors.ts";
import { windowsDpapiVault } from "../../src/stores/persistent/vaults/windows-dpapi.ts";

const hasNoDpapi = process.platform !== "win32";

test.runIf(hasNoDpapi)(
	"where there is no DPAPI the vault says so in one sentence that names a way out, each time it is asked",
	async () => {
		const vault = windowsDpapiVault();
		for (let time = 0; time < 2; time += 1) {
			await assert.rejects(vault.check(), {
				name: CredentialUnavailableErrorName,
				cannotOpen: true,
				message:
					/^The token cache cannot be encrypted, because .*DPAPI.*unsafeAllowUnencryptedStorage\.$/,
			});
		}
	},
);

test.runIf(hasNoDpapi)(
	"where there is no DPAPI nothing is sealed, and the text is in no error",
	async () => {
		const error = await windowsDpapiVault()
			.seal("a refresh token")
			.then(
				() => undefined,
				(error: Error) => error,
			);
		assert.ok(error);
		assert.ok(!`${error.stack}`.includes("a refresh token"));
	},
);
