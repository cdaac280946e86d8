import assert from "node:assert/strict";
import { ClientAssertionCredential } from "azidentity";
import { describe, test } from "vitest";
import { emulatedEntra, VAULT } from "./emulated-entra.ts";
import {
	assertShowsNone,
	capturedLog,
	PLANTED_JWT,
	printed,
} from "./planted-secrets.ts";

const entra = emulatedEntra();
const logged = capturedLog();

const PLANTED = [
	PLANTED_JWT,
	"eyJwbGFudGVk",
	"plantedSignature",
	"PLANTED_BODY",
];

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
		new Error(`sent client_assertion=${PLANTED_JWT}&x=y`, {
			cause: new Error(PLANTED_JWT),
		}),
		{ request: { body: "PLANTED_BODY" } },
	);
	test.each<[string, () => Promise<string>]>([
		["when Entra refuses it", async () => PLANTED_JWT],
		["when the callback's error quotes it", () => Promise.reject(quotes)],
		["when the callback throws it", () => Promise.reject(PLANTED_JWT)],
		[
			"when it is wrapped in something else",
			async () => ({ token: PLANTED_JWT }) as unknown as string,
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
			body: { error: "invalid_client", error_description: quote(PLANTED_JWT) },
		});
		const credential = credentialOf(async () => PLANTED_JWT);
		const error = await credential.getToken(VAULT).then(
			() => assert.fail("it should have failed"),
			(reason: unknown) => reason,
		);
		assertShowsNone(PLANTED, printed(error));
		assertShowsNone(PLANTED, await logged());
	});
});
