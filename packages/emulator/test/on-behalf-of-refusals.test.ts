import assert from "node:assert/strict";
import type { Emulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import { askToken, startedEmulator } from "./authority-client.ts";

let emulator: Emulator;
let contoso: string;
beforeAll(async () => {
	emulator = await startedEmulator();
	contoso = emulator.tenants.contoso.id;
});

const exchange = (assertion: string, form: Record<string, string> = {}) =>
	askToken(emulator, contoso, {
		grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
		client_id: emulator.apps.api.clientId,
		client_secret: emulator.apps.api.secrets[0],
		assertion,
		requested_token_use: "on_behalf_of",
		scope: "https://storage.azure.com/.default",
		...form,
	});

/** Alice's tokens for a scope. */
async function alices(scope: string) {
	const { alice } = emulator.users;
	const { json } = await askToken(emulator, contoso, {
		grant_type: "password",
		client_id: emulator.apps.native.clientId,
		username: alice.username,
		password: alice.password,
		scope: `openid ${scope}`,
	});
	return json as { access_token: string; id_token: string };
}
const ORDERS = "api://orders/access_as_user";

async function assertRefused(
	answer: ReturnType<typeof exchange>,
	code: number,
	error = "invalid_grant",
) {
	const { status, json, text } = await answer;
	assert.equal(status, 400, text);
	assert.equal(json.error, error);
	assert.deepEqual(json.error_codes, [code]);
}

describe("exchanging a token on behalf of its user refuses", () => {
	test("a token whose signature is not the authority's", async () => {
		const { access_token: token } = await alices(ORDERS);
		const [header, payload] = token.split(".");

		await assertRefused(exchange(`${header}.${payload}.AAAA`), 50013);
		await assertRefused(exchange("not-a-token"), 50013);
	});

	test("a token for another API", async () => {
		const { access_token: token } = await alices(
			"https://storage.azure.com/.default",
		);

		await assertRefused(exchange(token), 500131);
	});

	test("a token past its time", async () => {
		const { access_token: token } = await alices(ORDERS);
		await emulator.advanceClock(3_600_000);
		const answer = exchange(token);
		await answer;
		await emulator.advanceClock(-3_600_000);

		await assertRefused(answer, 500133);
	});

	test("an app's own token", async () => {
		const { daemon } = emulator.apps;
		const { json } = await askToken(emulator, contoso, {
			grant_type: "client_credentials",
			client_id: daemon.clientId,
			client_secret: daemon.secrets[0],
			scope: "api://orders/.default",
		});

		await assertRefused(exchange(json.access_token), 7000114);
	});

	test("an id token", async () => {
		const { id_token: token } = await alices(ORDERS);

		await assertRefused(exchange(token), 240002, "invalid_request");
	});

	test("a token issued before its user was revoked", async () => {
		const { access_token: token } = await alices(ORDERS);
		await emulator.revoke(emulator.users.alice.id);

		await assertRefused(exchange(token), 50173);
		const { access_token: later } = await alices(ORDERS);
		assert.equal((await exchange(later)).status, 200);
	});

	test("a request that does not say what the token is for", async () => {
		const { access_token: token } = await alices(ORDERS);

		await assertRefused(
			exchange(token, { requested_token_use: "" }),
			900144,
			"invalid_request",
		);
	});
});
