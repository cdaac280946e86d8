import assert from "node:assert/strict";
import {
	AzureCliCredential,
	AzureDeveloperCliCredential,
	AzurePowerShellCredential,
	ChainedTokenCredential,
} from "azidentity";
import { describe, test } from "vitest";
import {
	assertShowsNone,
	assertSilent,
	capturedLog,
	printed,
} from "../credentials/planted-secrets.ts";
import { failureOf } from "../entra/scripted-service.ts";
import { scriptedTool } from "./scripted-tool.ts";

const logged = capturedLog();
const SCOPE = "https://vault.azure.net/.default";
const TOKEN = "eyJhbGciOiJub25lIn0.eyJvaWQiOiJwbGFudGVkIn0.plantedSignature";
const PLANTED = [TOKEN, "eyJvaWQiOiJwbGFudGVkIn0", "plantedSignature"];

describe.each([
	["az", () => new AzureCliCredential()],
	["azd", () => new AzureDeveloperCliCredential()],
	["pwsh", () => new AzurePowerShellCredential()],
] as const)(
	"No error, log line or inspection shows what %s prints of a token",
	(name, make) => {
		const tool = scriptedTool(name);

		test.each([
			["when it succeeds", { stdout: printedToken() }],
			["when it fails all the same", { stdout: printedToken(), code: 1 }],
			[
				"when the failure quotes it",
				{ stderr: `no: Bearer ${TOKEN}`, code: 1 },
			],
			[
				"when the output cannot be read",
				{ stdout: `x ${printedToken()}`, code: 0 },
			],
			["when it is printed as a warning", { stdout: "", stderr: TOKEN }],
		])("%s", async (_, answer) => {
			tool.answers(answer);
			await assertSilent(make(), SCOPE, PLANTED, logged);
		});

		test("nor a chain, in its table of reasons", async () => {
			tool.answers({ stderr: `no: ${TOKEN}`, code: 1 });
			const chain = ChainedTokenCredential.withOptions(
				{ continueAfterRefusal: true },
				make(),
				make(),
			);
			const error = await failureOf(chain.getToken(SCOPE));
			assert.match(error.message, /no credential of the chain/);
			assertShowsNone(PLANTED, printed(error));
			assertShowsNone(PLANTED, await logged());
		});
	},
);

/** A token in the form of each of the tools at once: each reads its own members. */
function printedToken(): string {
	const document = JSON.stringify({
		accessToken: TOKEN,
		expires_on: 4_000_000_000,
		token: TOKEN,
		expiresOn: "2090-01-01T00:00:00Z",
		Token: TOKEN,
		ExpiresOn: 4_000_000_000,
	});
	return document;
}
