import assert from "node:assert/strict";
import { ClientAssertionCredential } from "azidentity";
import { describe, test } from "vitest";
import { emulatedEntra, VAULT } from "./emulated-entra.ts";
import { assertShowsNone, capturedLog, printed } from "./planted-secrets.ts";

const entra = emulatedEntra();
const logged = capturedLog();

/** Signed by nobody, so that nobody takes it for a real one. */
const ASSERTION =
	"eyJhbGciOiJub25lIn0.eyJwbGFudGVkIjoicGxhbnRlZCJ9.plantedSignature";
const PLANTED = [ASSERTION, "eyJwbGFudGVk", "plantedSignature", "PLANTED_BODY"];

const credentialOf = (getAssertion: () => Promise<string>) =>
	new ClientAssertionCredential(
		entra.emulator.tenants.contoso.id,
		entra.emulator.apps.daemon.clientId,
		getAssertion,
		{
			...entra.options,
			loggingOptions: { enableUnsafeSupportLogging: true },
		},
	);

describe("No log line, error or inspection shows an assertion", () => {
	const quotes = Object.assign(
		new Error(`sent client_assertion=${ASSERTION}&x=y`, {
			cause: new Error(ASSERTION),
		}),
		{ request: { body: "PLANTED_BODY" } },
	);
	test.each<[string, () => Promise<string>]>([
		["when Entra refuses it", async () => ASSERTION],
		["when the callback's error quotes it", () => Promise.reject(quotes)],
		["when the callback throws it", () => Promise.reject(ASSERTION)],
		[
			"when it is wrapped in something else",
			async () => ({ token: ASSERTION }) as unknown as string,
		],
	])("%s", async (_, getAssertion) => {
		const credential = credentialOf(getAssertion);
		const error = await credential.getToken(VAULT).then(
			() => assert.fail("it should have failed"),
			(reason: unknown) => reason,
		);
		assertShowsNone(PLANTED, printed(error));
		assertShowsNone(PLANTED, printed(credential));
		const log = await logged();
		assert.match(log, /ClientAssertionCredential => getToken\(\) => ERROR/);
		assertShowsNone(PLANTED, log);
	});

	test.each([
		["quotes the form", (assertion: string) => `client_assertion=${assertion}`],
		["quotes the assertion", (assertion: string) => `not ${assertion}`],
	])("when an answer %s", async (_, quote) => {
		await entra.emulator.addFault({
			path: "/token",
			status: 400,
			body: { error: "invalid_client", error_description: quote(ASSERTION) },
		});
		const credential = credentialOf(async () => ASSERTION);
		const error = await credential.getToken(VAULT).then(
			() => assert.fail("it should have failed"),
			(reason: unknown) => reason,
		);
		assertShowsNone(PLANTED, printed(error));
		assertShowsNone(PLANTED, await logged());
	});
});
