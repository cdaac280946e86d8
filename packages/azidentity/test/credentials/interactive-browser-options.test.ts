import assert from "node:assert/strict";
import {
	InteractiveBrowserCredential,
	type InteractiveBrowserCredentialNodeOptions,
} from "azidentity";
import { describe, test } from "vitest";
import { CredentialUnavailableError } from "../../src/errors.ts";
import { failureOf } from "../entra/scripted-service.ts";

const make = (options: object | undefined) =>
	new InteractiveBrowserCredential(
		options as InteractiveBrowserCredentialNodeOptions,
	);

describe("the options of InteractiveBrowserCredential", () => {
	test("may all be left out", () => {
		make(undefined);
		make({});
		make({ brokerOptions: { enabled: false, parentWindowHandle: undefined } });
		make({ clientId: "c", loginStyle: "popup", redirectUri: "" });
	});

	const WRONG: [string, object][] = [
		["redirectUri", { redirectUri: "https://app.example/callback" }],
		["redirectUri", { redirectUri: "http://127.0.0.1:8400" }],
		["brokerOptions", { brokerOptions: { enabled: true } }],
		["responseMode", { responseMode: "fragment" }],
		["signInTimeout", { signInTimeout: 0 }],
		["signInTimeout", { signInTimeout: Number.NaN }],
		["signInTimeout", { signInTimeout: "300" }],
		["loginHint", { loginHint: {} }],
		[
			"browserCustomizationOptions.successMessage",
			{ browserCustomizationOptions: { successMessage: 1 } },
		],
		[
			"browserCustomizationOptions.errorMessage",
			{ browserCustomizationOptions: { errorMessage: [] } },
		],
		["authentication record", { authenticationRecord: { username: "x" } }],
		["authorityHost", { authorityHost: "http://login.example" }],
	];
	for (const [name, options] of WRONG)
		test(`${JSON.stringify(options)}: a TypeError that names ${name}`, () => {
			assert.throws(
				() => make(options),
				(error: Error) =>
					error instanceof TypeError &&
					error.message.startsWith("InteractiveBrowserCredential: ") &&
					error.message.includes(name),
			);
		});

	for (const options of [{ clientId: " " }, { tenantId: "no/tenant" }])
		test(`${JSON.stringify(options)}: an error before anything is asked`, () => {
			assert.throws(() => make(options), CredentialUnavailableError);
		});

	test("a redirect URI that a function gives is checked when it does, before a browser opens", async () => {
		let opened = 0;
		const credential = make({
			redirectUri: () => "https://app.example",
			openBrowser: async () => {
				opened += 1;
			},
		});
		const failure = await failureOf(credential.getToken("s/.default"));
		assert.ok(failure instanceof TypeError);
		assert.match(failure.message, /redirectUri/);
		assert.equal(opened, 0);
	});

	test("are not changed", () => {
		const options = Object.freeze({
			browserCustomizationOptions: Object.freeze({ successMessage: "x" }),
			redirectUri: "http://localhost:8400",
		});
		make(options);
	});
});
