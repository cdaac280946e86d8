import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { Emulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import {
	type Assertion,
	assertionForm,
	signedAssertion,
} from "./app-assertion.ts";
import { ask, startedEmulator } from "./authority-client.ts";

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startedEmulator();
});

const TOKEN = "/adfs/oauth2/token/";

/** The answer to a certificate's assertion, sound for ADFS but for what is changed. */
async function present({ claims, header }: Assertion = {}) {
	const { fingerprint } = new X509Certificate(emulator.appCertificate.pem);
	const x5t = Buffer.from(fingerprint.replaceAll(":", ""), "hex");
	const assertion = await signedAssertion(emulator, {
		header: {
			alg: "RS256",
			"x5t#S256": undefined,
			x5t: x5t.toString("base64url"),
			...header,
		},
		claims: { aud: `${emulator.authorityHost}${TOKEN}`, ...claims },
	});
	const form = assertionForm(emulator, assertion);
	return ask(emulator, TOKEN, { form });
}

describe("ADFS", () => {
	test("says where its endpoints are, with a slash at their ends", async () => {
		const { json } = await ask(
			emulator,
			"/adfs/.well-known/openid-configuration",
		);
		assert.equal(json.issuer, `${emulator.authorityHost}/adfs`);
		assert.equal(json.token_endpoint, `${emulator.authorityHost}${TOKEN}`);
	});

	test("accepts an assertion in its form", async () => {
		const { json, status, text } = await present();
		assert.equal(status, 200, text);
		assert.equal(json.token_type, "Bearer");
	});

	for (const [what, assertion] of [
		["signed as for Entra", () => ({ header: { alg: "PS256" } })],
		[
			"that names its certificate as for Entra",
			() => ({ header: { x5t: undefined } }),
		],
		["for another certificate", () => ({ header: { x5t: "AAAA" } })],
		[
			"for the endpoint without the slash",
			() => ({
				claims: { aud: `${emulator.authorityHost}/adfs/oauth2/token` },
			}),
		],
		["of somebody else", () => ({ claims: { sub: "somebody" } })],
		["past its time", () => ({ claims: { exp: 1_000 } })],
	] as [string, () => Assertion][]) {
		test(`refuses one ${what}`, async () => {
			const { json, status } = await present(assertion());
			assert.equal(status, 401);
			assert.equal(json.error, "invalid_client");
		});
	}

	test("takes POST alone, and has nothing else", async () => {
		assert.equal((await ask(emulator, TOKEN)).status, 405);
		assert.equal((await ask(emulator, "/adfs/oauth2/other")).status, 400);
	});
});
