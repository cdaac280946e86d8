// The rule table, part 1 of 3: what the emulator has to refuse in client assertions. These rules are the library's own;
// a client that breaks one must not get away with it because of anything that was put around the library.
import assert from "node:assert/strict";
import { createHmac, createPublicKey, X509Certificate } from "node:crypto";
import type { Emulator } from "@azidentity/emulator";
import { afterEach, beforeAll, describe, test } from "vitest";
import {
	type Assertion,
	assertionForm,
	assertionParts,
	signedAssertion,
} from "./app-assertion.ts";
import { askToken, payloadOf, startedEmulator } from "./authority-client.ts";

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startedEmulator();
});
afterEach(() => emulator.configure({ strictReplay: false }));

const present = (assertion: string, form: Record<string, string> = {}) =>
	askToken(emulator, emulator.tenants.contoso.id, {
		...assertionForm(emulator, assertion),
		...form,
	});

const NOW_S = () => Math.floor(Date.now() / 1_000);

/** Base64url of JSON, as in a JWT. */
const encoded = (part: object) =>
	Buffer.from(JSON.stringify(part)).toString("base64url");

test("a sound assertion is accepted, or the rest of this file shows nothing", async () => {
	for (const alg of ["PS256", "RS256"]) {
		const assertion = await signedAssertion(emulator, { header: { alg } });
		const { status, text, json } = await present(assertion);

		assert.equal(status, 200, text);
		assert.equal(payloadOf(json.access_token).appidacr, "2");
	}
});

describe("refused by what it says", () => {
	interface Rule {
		readonly title: string;
		readonly assertion: () => Assertion;
		readonly status?: number;
		readonly error?: string;
		readonly code: number;
	}
	const rules: Rule[] = [
		{
			title: "an assertion from the future",
			assertion: () => ({ claims: { nbf: NOW_S() + 600 } }),
			code: 700024,
		},
		{
			title: "an assertion past its time",
			assertion: () => ({ claims: { exp: NOW_S() - 600, nbf: 1 } }),
			code: 700024,
		},
		{
			title: "an assertion that never ends",
			assertion: () => ({ claims: { exp: undefined } }),
			code: 700027,
		},
		{
			title: "an assertion without an id of its own",
			assertion: () => ({ claims: { jti: undefined } }),
			code: 700027,
		},
		{
			title: "an assertion about somebody else",
			assertion: () => ({ claims: { sub: emulator.apps.web.clientId } }),
			status: 400,
			error: "invalid_request",
			code: 90023,
		},
		{
			title: "an assertion made for another tenant",
			assertion: () => ({
				claims: {
					aud: `${emulator.authorityHost}/${emulator.tenants.fabrikam.id}/oauth2/v2.0/token`,
				},
			}),
			code: 700023,
		},
		{
			title: "an assertion that names no certificate of the app",
			assertion: () => ({ header: { "x5t#S256": "AAAA" } }),
			code: 700027,
		},
		{
			title: "an assertion that names no certificate at all",
			assertion: () => ({ header: { "x5t#S256": undefined } }),
			code: 700027,
		},
	];
	test.for(rules.map((rule) => [rule.title, rule] as const))(
		"%s is refused",
		async ([, rule]) => {
			const assertion = await signedAssertion(emulator, rule.assertion());

			const { status, json } = await present(assertion);

			assert.equal(status, rule.status ?? 401);
			assert.equal(json.error, rule.error ?? "invalid_client");
			assert.deepEqual(json.error_codes, [rule.code]);
		},
	);
});

describe("refused by how it is signed", () => {
	const refused = async (assertion: string) => {
		const { status, json } = await present(assertion);
		assert.equal(status, 401);
		assert.equal(json.error, "invalid_client");
		assert.deepEqual(json.error_codes, [700027]);
	};

	test("an assertion that nobody signed (alg: none) is refused", async () => {
		const { header, claims } = assertionParts(emulator, {
			header: { alg: "none" },
		});

		await refused(`${encoded(header)}.${encoded(claims)}.`);
	});

	test("an assertion keyed with the public key (HS256) is refused", async () => {
		const { header, claims } = assertionParts(emulator, {
			header: { alg: "HS256" },
		});
		const { publicKey } = new X509Certificate(emulator.appCertificate.pem);
		const pem = createPublicKey(
			publicKey.export({ type: "spki", format: "pem" }),
		).export({ type: "spki", format: "pem" });
		const signed = `${encoded(header)}.${encoded(claims)}`;
		const mac = createHmac("sha256", pem).update(signed).digest("base64url");

		await refused(`${signed}.${mac}`);
	});

	test("an assertion that was changed after it was signed is refused", async () => {
		const [header, , signature] = (await signedAssertion(emulator)).split(".");
		const { claims } = assertionParts(emulator, {});

		await refused(`${header}.${encoded(claims)}.${signature}`);
	});
});

describe("refused by what stands beside it", () => {
	test("an assertion beside another client's id is refused", async () => {
		const assertion = await signedAssertion(emulator);

		const { status, json } = await present(assertion, {
			client_id: emulator.apps.web.clientId,
		});

		// It is about no credential of that client, so it cannot be told from a foreign issuer's.
		assert.equal(status, 401);
		assert.deepEqual(json.error_codes, [700211]);
	});

	test("an assertion beside a secret is refused", async () => {
		const assertion = await signedAssertion(emulator);

		const { status, json } = await present(assertion, {
			client_secret: emulator.apps.daemon.secrets[0],
		});

		assert.equal(status, 400);
		assert.equal(json.error, "invalid_request");
		assert.match(json.error_description, /only be provided using one/);
	});

	test("an assertion of no stated type is refused", async () => {
		const form: Record<string, string> = assertionForm(
			emulator,
			await signedAssertion(emulator),
		);
		delete form.client_assertion_type;

		const { status, json } = await askToken(
			emulator,
			emulator.tenants.contoso.id,
			form,
		);

		assert.equal(status, 400);
		assert.equal(json.error, "invalid_request");
		assert.match(json.error_description, /client_assertion_type/);
	});

	test("what is no JWT is refused as an assertion", async () => {
		const { status, json } = await present("not-a-token");

		assert.equal(status, 401);
		assert.deepEqual(json.error_codes, [700027]);
	});
});

describe("replay", () => {
	test("an assertion may be sent again, as clients do", async () => {
		const assertion = await signedAssertion(emulator);
		await present(assertion);

		assert.equal((await present(assertion)).status, 200);
	});

	test("with strict replay an assertion works once", async () => {
		await emulator.configure({ strictReplay: true });
		const assertion = await signedAssertion(emulator);
		const first = await present(assertion);
		const second = await present(assertion);

		assert.equal(first.status, 200, first.text);
		assert.equal(second.status, 401);
		assert.equal(second.json.error, "invalid_client");
		assert.match(second.json.error_description, /only be used once/);
	});
});

describe("thumbprints as clients write them", () => {
	test("a padded thumbprint and one in plain base64 are understood", async () => {
		const parts = assertionParts(emulator, {});
		const plain = parts.header["x5t#S256"]
			.replaceAll("-", "+")
			.replaceAll("_", "/");
		const sha1 = new X509Certificate(
			emulator.appCertificate.pem,
		).fingerprint.replaceAll(":", "");
		const headers = [
			{ "x5t#S256": `${plain}=` },
			{ "x5t#S256": `${parts.header["x5t#S256"]}=` },
			{
				"x5t#S256": undefined,
				x5t: `${Buffer.from(sha1, "hex").toString("base64url")}=`,
			},
		];
		for (const header of headers) {
			const { status, text } = await present(
				await signedAssertion(emulator, { header }),
			);
			assert.equal(status, 200, text);
		}
	});
});
