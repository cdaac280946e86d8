// The rule table, part 3 of 3: what the emulator has to refuse at the authorization endpoint and in the form of requests.
import assert from "node:assert/strict";
import type { Emulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import { ask, askToken, startedEmulator } from "./authority-client.ts";
import { browser } from "./browser.ts";
import { authorizeUrl, CHALLENGE, received, type Wish } from "./sign-in.ts";

let emulator: Emulator;
let contoso: string;
beforeAll(async () => {
	emulator = await startedEmulator();
	contoso = emulator.tenants.contoso.id;
});

describe("refused on a page, for there is no safe way back to the app", () => {
	interface Rule {
		readonly title: string;
		readonly wish: Wish;
		readonly says: RegExp;
	}
	const rules: Rule[] = [
		{
			title: "a path that a loopback redirect was not registered with",
			wish: { redirect_uri: "http://localhost:4000/extra" },
			says: /^AADSTS50011: /,
		},
		{
			title: "127.0.0.1 where localhost is registered",
			wish: { redirect_uri: "http://127.0.0.1:4000" },
			says: /^AADSTS50011: /,
		},
		{
			title: "an address that was never registered",
			wish: { redirect_uri: "https://elsewhere.example/" },
			says: /^AADSTS50011: /,
		},
		{
			title: "an app that does not exist",
			wish: { client_id: "c0000000-0000-4000-8000-00000000dead" },
			says: /^AADSTS700016: /,
		},
		{
			title: "two resources at once",
			wish: {
				scope:
					"https://vault.azure.net/.default https://storage.azure.com/.default",
			},
			says: /^AADSTS70011: /,
		},
	];
	test.for(rules.map((rule) => [rule.title, rule] as const))(
		"%s is refused",
		async ([, { wish, says }]) => {
			const target = authorizeUrl(emulator, emulator.apps.native, {
				...CHALLENGE,
				...wish,
			});

			const page = await browser(emulator).open(target);

			assert.equal(page.status, 400);
			assert.match(page.alert ?? "", says);
			assert.match(page.alert ?? "", /Correlation ID: \S+ Timestamp: /);
		},
	);

	test("a parameter that comes twice is refused", async () => {
		const target = `${authorizeUrl(emulator, emulator.apps.native, CHALLENGE)}&scope=openid`;

		const page = await browser(emulator).open(target);

		assert.equal(page.status, 400);
		assert.match(page.alert ?? "", /^AADSTS9000411: .*'scope'/);
	});
});

describe("refused by sending the browser back to the app", () => {
	interface Rule {
		readonly title: string;
		readonly wish: Wish;
		readonly error: string;
		readonly says: RegExp;
	}
	const rules: Rule[] = [
		{
			title: "a plain proof key",
			wish: { code_challenge_method: "plain" },
			error: "invalid_request",
			says: /code_challenge_method/,
		},
		{
			title: "a challenge that is too short",
			wish: { code_challenge: "short" },
			error: "invalid_request",
			says: /code_challenge/,
		},
		{
			title: "a challenge without its method",
			wish: { code_challenge_method: "" },
			error: "invalid_request",
			says: /code_challenge_method/,
		},
		{
			title: "a public app without a proof key",
			wish: { code_challenge: "", code_challenge_method: "" },
			error: "invalid_request",
			says: /PKCE/,
		},
		{
			title: "response_type=token",
			wish: { response_type: "token" },
			error: "unsupported_response_type",
			says: /^AADSTS700054: /,
		},
		{
			title: "a response_mode that does not exist",
			wish: { response_mode: "carrier_pigeon" },
			error: "unsupported_response_mode",
			says: /response_mode/,
		},
		{
			title: "prompt=none beside another prompt",
			wish: { prompt: "none login" },
			error: "invalid_request",
			says: /prompt/,
		},
		{
			title: "a max_age that is no number",
			wish: { max_age: "soon" },
			error: "invalid_request",
			says: /max_age/,
		},
	];
	test.for(rules.map((rule) => [rule.title, rule] as const))(
		"%s is refused",
		async ([, { wish, error, says }]) => {
			const target = authorizeUrl(emulator, emulator.apps.native, {
				...CHALLENGE,
				...wish,
			});

			const back = received(await browser(emulator).open(target));

			assert.equal(back.error, error);
			assert.equal(back.state, "the-state");
			assert.equal(back.code, undefined);
			assert.match(back.error_description ?? "", /^AADSTS\d+: /);
			assert.match(back.error_description ?? "", says);
		},
	);
});

describe("refused at the token endpoint", () => {
	const form = () => ({
		grant_type: "client_credentials",
		client_id: emulator.apps.daemon.clientId,
		client_secret: emulator.apps.daemon.secrets[0],
		scope: "https://storage.azure.com/.default",
	});

	test("a parameter that comes twice is refused", async () => {
		const { status, json } = await askToken(emulator, contoso, [
			...Object.entries(form()),
			["scope", "https://vault.azure.net/.default"],
		]);

		assert.equal(status, 400);
		assert.equal(json.error, "invalid_request");
		assert.deepEqual(json.error_codes, [9000411]);
	});

	test("a body of JSON is refused", async () => {
		const { status, json } = await ask(
			emulator,
			`/${contoso}/oauth2/v2.0/token`,
			{
				body: JSON.stringify(form()),
				headers: { "content-type": "application/json" },
			},
		);

		assert.equal(status, 400);
		assert.deepEqual(json.error_codes, [900144]);
		assert.match(json.error_description, /'grant_type'/);
	});

	test("parameters in the query of a POST count for nothing", async () => {
		const query = new URLSearchParams(form());

		const { status } = await ask(
			emulator,
			`/${contoso}/oauth2/v2.0/token?${query}`,
			{ form: {} },
		);

		assert.equal(status, 400);
	});

	test("a GET is refused", async () => {
		const { status, json } = await ask(
			emulator,
			`/${contoso}/oauth2/v2.0/token?${new URLSearchParams(form())}`,
		);

		assert.equal(status, 405);
		assert.deepEqual(json.error_codes, [900561]);
	});

	test("client credentials of a public app are refused", async () => {
		const { status, json } = await askToken(emulator, contoso, {
			grant_type: "client_credentials",
			client_id: emulator.apps.native.clientId,
			scope: "https://storage.azure.com/.default",
		});

		assert.equal(status, 401);
		assert.equal(json.error, "invalid_client");
		assert.deepEqual(json.error_codes, [7000218]);
	});
});
