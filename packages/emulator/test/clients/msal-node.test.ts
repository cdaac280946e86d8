import assert from "node:assert/strict";
import type { Emulator } from "@azidentity/emulator";
import { decodeJwt } from "jose";
import { beforeAll, describe, test } from "vitest";
import { runNode, type Step, stepOf } from "./client-program.ts";
import { grantsAsked, startedEmulator } from "./started-emulator.ts";

describe("msal-node", () => {
	let emulator: Emulator;
	let steps: Map<string, Step>;

	beforeAll(async () => {
		emulator = await startedEmulator();
		const { apps, users } = emulator;
		steps = await runNode("msal-node.js", [], {
			environment: {
				NODE_EXTRA_CA_CERTS: emulator.caFile,
				EMULATOR_AUTHORITY: emulator.authorityHost,
				EMULATOR_TENANT: emulator.tenants.contoso.id,
				EMULATOR_CLIENT: apps.daemon.clientId,
				EMULATOR_SECRET: apps.daemon.secrets[0],
				EMULATOR_PUBLIC_CLIENT: apps.native.clientId,
				EMULATOR_WEB_CLIENT: apps.web.clientId,
				EMULATOR_WEB_SECRET: apps.web.secrets[0],
				EMULATOR_API_CLIENT: apps.api.clientId,
				EMULATOR_API_SECRET: apps.api.secrets[0],
				EMULATOR_USERNAME: users.alice.username,
				EMULATOR_PASSWORD: users.alice.password,
			},
			async onStep({ user_code }) {
				if (typeof user_code === "string")
					await emulator.approveDevice(user_code, users.alice.username);
			},
		});
	});

	const claimsOf = (name: string) =>
		decodeJwt(String(stepOf(steps, name).accessToken));

	test("a client credential gets a token that names the app", () => {
		const claims = claimsOf("client credential");
		assert.equal(claims.appid, emulator.apps.daemon.clientId);
		assert.equal(claims.aud, "https://vault.azure.net");
	});

	test("a device gets a token once its user has approved, and knows the account", () => {
		const { alice } = emulator.users;
		assert.equal(claimsOf("device").upn, alice.username);
		const { account } = stepOf(steps, "device");
		const { homeAccountId, username } = account as Record<string, string>;
		assert.equal(homeAccountId, `${alice.id}.${alice.tenantId}`);
		assert.equal(username, alice.username);
	});

	test("a refresh token gets another token, and one for another resource", () => {
		assert.equal(claimsOf("refresh").oid, claimsOf("device").oid);
		assert.notEqual(
			stepOf(steps, "refresh").accessToken,
			stepOf(steps, "device").accessToken,
		);
		assert.equal(claimsOf("another resource").aud, "https://vault.azure.net");
	});

	test("a code from the sign-in page is worth a token, with the state that was sent", () => {
		assert.equal(claimsOf("code").oid, emulator.users.alice.id);
		assert.equal(claimsOf("code").aud, emulator.apps.api.clientId);
		assert.equal(stepOf(steps, "code").state, "the state");
	});

	test("a code is worth nothing without the verifier it was asked with", () => {
		assert.match(
			String(stepOf(steps, "wrong verifier").message),
			/AADSTS501481/,
		);
	});

	test("an API gets a token on behalf of the person who called it", () => {
		const claims = claimsOf("on behalf of");
		assert.equal(claims.oid, emulator.users.alice.id);
		assert.equal(claims.appid, emulator.apps.api.clientId);
	});

	test("it was msal-node that asked, with each grant", async () => {
		const asked = await grantsAsked(emulator);
		const grants = new Set(asked.map(({ grantType }) => grantType));
		assert.ok(grants.size >= 5, [...grants].join(", "));
		for (const { client } of asked)
			assert.match(String(client), /^msal\.js\.node /);
	});
});
