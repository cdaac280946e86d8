import assert from "node:assert/strict";
import type { Emulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import {
	ask,
	askToken,
	payloadOf,
	startedEmulator,
} from "./authority-client.ts";
import { signedIn } from "./sign-in.ts";

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startedEmulator();
});

const useApi = (token: string) =>
	ask(emulator, emulator.demoApiUrl, {
		headers: { authorization: `Bearer ${token}` },
	});
const refresh = (token: string) =>
	askToken(emulator, "organizations", {
		grant_type: "refresh_token",
		client_id: emulator.apps.native.clientId,
		refresh_token: token,
		scope: "https://storage.azure.com/.default offline_access",
	});
const appToken = async () => {
	const { json } = await askToken(emulator, "contoso.test", {
		grant_type: "client_credentials",
		client_id: emulator.apps.daemon.clientId,
		client_secret: emulator.apps.daemon.secrets[0],
		scope: "https://storage.azure.com/.default",
	});
	return json.access_token as string;
};

describe("revoking a user", () => {
	test("ends the refresh tokens issued until then, and no later ones", async () => {
		const before = await signedIn(emulator);
		await emulator.revoke(emulator.users.alice.username);
		const after = await signedIn(emulator);
		const { status, json } = await refresh(before.refresh_token);

		assert.equal(status, 400);
		assert.equal(json.error, "invalid_grant");
		assert.deepEqual(json.error_codes, [50173]);
		// All within one second, which the times in the tokens cannot tell apart.
		assert.equal((await refresh(after.refresh_token)).status, 200);
	});

	test("makes an API that honours it ask for a newer token, and take it", async () => {
		const before = await signedIn(emulator);
		const first = await useApi(before.access_token);
		await emulator.revoke(emulator.users.alice.id);
		const challenged = await useApi(before.access_token);
		const after = await signedIn(emulator);

		assert.equal(first.status, 200);
		assert.equal(first.json.oid, emulator.users.alice.id);
		assert.equal(challenged.status, 401);
		const header = challenged.headers["www-authenticate"] ?? "";
		assert.match(header, /^Bearer .*error="insufficient_claims"/);
		const claims = /claims="([^"]+)"/.exec(header)?.[1] ?? "";
		const asked = JSON.parse(Buffer.from(claims, "base64").toString());
		assert.equal(asked.access_token.nbf.essential, true);
		assert.match(asked.access_token.nbf.value, /^\d{10}$/);
		assert.equal((await useApi(after.access_token)).status, 200);
	});

	test("leaves other users alone", async () => {
		const token = await appToken();
		await emulator.revoke(emulator.users.alice.username);

		assert.equal((await useApi(token)).status, 200);
	});
});

test("revoking an app ends its tokens", async () => {
	const before = await appToken();
	await emulator.revoke(emulator.apps.daemon.clientId);
	const after = await appToken();

	assert.equal((await useApi(before)).status, 401);
	assert.equal((await useApi(after)).status, 200);
});

describe("the demo API refuses", () => {
	test("who brings no token, a forged one, or one that is no access token", async () => {
		const tokens = await signedIn(emulator);
		const [header, payload, signature = ""] = tokens.access_token.split(".");
		const forged = { ...payloadOf(tokens.access_token), oid: "somebody else" };
		const other = Buffer.from(JSON.stringify(forged)).toString("base64url");
		const wrong = [
			"",
			"nonsense",
			`${header}.${other}.${signature}`,
			`${header}.${payload}.`,
			`${header}.${payload}.${signature}.more`,
			tokens.id_token,
		];
		for (const token of wrong) {
			const { status, headers } = await useApi(token);
			assert.equal(status, 401, token);
			assert.match(headers["www-authenticate"] ?? "", /error="invalid_token"/);
		}
	});

	test("a token past its time", async () => {
		const token = await appToken();
		await emulator.advanceClock(3_600_000);
		const { status } = await useApi(token);
		await emulator.advanceClock(-3_600_000);

		assert.equal(status, 401);
	});
});
