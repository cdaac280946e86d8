import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, test } from "vitest";
import { EntraError } from "../src/dialect/entra-error.ts";
import {
	endpoints,
	IMDS,
	METADATA,
	NOW,
	query,
	SECRET,
	VAULT,
} from "./managed-identity-endpoints.ts";

describe("the other hosts", () => {
	test("App Service wants its header and its version, and answers without expires_in", async () => {
		const { ask, asked } = await endpoints();
		const where = `/msi/token${query({ "api-version": "2019-08-01", resource: VAULT, client_id: "app" })}`;
		const headers = { "x-identity-header": SECRET };
		const { status, body } = await ask(where, { headers });
		assert.equal(status, 200);
		assert.deepEqual(body, {
			access_token: "token-1",
			client_id: "app",
			expires_on: String(NOW / 1000 + 86_400),
			resource: VAULT,
			token_type: "Bearer",
		});
		const wrong = await ask(where, { headers: { "x-identity-header": "no" } });
		assert.equal(wrong.status, 401);
		assert.equal(wrong.body.statusCode, 401);
		const old = where.replace("2019-08-01", "2017-09-01");
		assert.equal((await ask(old, { headers })).status, 400);
		assert.equal(asked.length, 1);
	});

	test("Azure ML takes its secret and a clientid, which may be empty", async () => {
		const { ask, asked } = await endpoints();
		const where = (clientid: string) =>
			`/machine-learning/token${query({ "api-version": "2017-09-01", resource: VAULT, clientid })}`;
		const headers = { secret: SECRET };
		assert.equal((await ask(where("mine"), { headers })).status, 200);
		assert.equal((await ask(where(""), { headers })).status, 200);
		assert.equal((await ask(where("mine"))).status, 401);
		assert.equal(asked[0]?.clientId, "mine");
		assert.match(asked[1]?.clientId ?? "", /^d0000000-/);
	});

	test("Cloud Shell takes a form, and a query is no form", async () => {
		const { ask, asked } = await endpoints();
		const form = {
			method: "POST",
			headers: METADATA,
			body: new URLSearchParams({ resource: VAULT }),
		};
		const { status, body } = await ask("/cloud-shell/token", form);
		assert.equal(status, 200);
		assert.equal(body.expires_in, "86400");
		const inQuery = `/cloud-shell/token${query({ resource: VAULT })}`;
		const empty = { method: "POST", headers: METADATA };
		const refused = await ask(inQuery, empty);
		assert.equal(refused.status, 400);
		assert.ok(refused.body.error.code);
		assert.equal((await ask(inQuery)).status, 405);
		assert.equal(asked.length, 1);
	});

	test("Service Fabric names each refusal, and answers with a number", async () => {
		const { ask } = await endpoints();
		const where = `/service-fabric/token${query({ "api-version": "2019-07-01-preview", resource: VAULT })}`;
		const { body } = await ask(where, { headers: { secret: SECRET } });
		assert.equal(body.expires_on, NOW / 1000 + 86_400);
		const codeOf = async (to: string, headers: Record<string, string>) =>
			(await ask(to, { headers })).body.error.code;
		assert.equal(await codeOf(where, {}), "SecretHeaderNotFound");
		assert.equal(
			await codeOf(where, { secret: "no" }),
			"ManagedIdentityNotFound",
		);
		const without = where.replace(/&resource.*/, "");
		assert.equal(
			await codeOf(without, { secret: SECRET }),
			"ArgumentNullOrEmpty",
		);
	});
});

interface Wording {
	error_description?: string;
	message?: string;
	error?: { message?: string };
}

describe("what the authority refuses", () => {
	const refusal = new EntraError(400, "invalid_resource", 500011, "No such.");
	const asked = query({ "api-version": "2019-08-01", resource: "nothing" });
	const form = {
		method: "POST",
		body: new URLSearchParams({ resource: "nothing" }),
	};

	test.each<[string, string, RequestInit, (body: Wording) => unknown]>([
		["IMDS", IMDS, {}, ({ error_description }) => error_description],
		["App Service", "/msi/token", {}, ({ message }) => message],
		["Azure ML", "/machine-learning/token", {}, ({ message }) => message],
		["Cloud Shell", "/cloud-shell/token", form, ({ error }) => error?.message],
		[
			"Service Fabric",
			"/service-fabric/token",
			{},
			({ error }) => error?.message,
		],
	])("%s words it its own way", async (_, where, init, text) => {
		const { ask } = await endpoints({ refusal });
		const headers = {
			...METADATA,
			"x-identity-header": SECRET,
			secret: SECRET,
		};
		const answer = await ask(where + asked, { ...init, headers });
		assert.equal(answer.status, 400);
		assert.equal(text(answer.body as Wording), "AADSTS500011: No such.");
	});
});

describe("Azure Arc", () => {
	const ARC = `/arc${IMDS}${query({ "api-version": "2020-06-01", resource: VAULT })}`;

	test("a caller who can read the agent's key file gets a token, once per key", async () => {
		const { ask, asked } = await endpoints({ hasArc: true });
		const challenge = await ask(ARC, { headers: METADATA });
		assert.equal(challenge.status, 401);
		const file = /^Basic realm=(.+\.key)$/.exec(
			challenge.headers.get("www-authenticate") ?? "",
		)?.[1];
		assert.ok(file);
		assert.equal(statSync(file).mode & 0o777, 0o600);
		const key = readFileSync(file, "utf8");
		const headers = { ...METADATA, authorization: `Basic ${key}` };
		assert.equal((await ask(ARC, { headers })).status, 200);
		assert.equal((await ask(ARC, { headers })).status, 401);
		assert.equal(asked.length, 1);
	});

	test("a key that was never written is answered with another challenge", async () => {
		const { ask, asked } = await endpoints({ hasArc: true });
		await ask(ARC, { headers: METADATA });
		const headers = { ...METADATA, authorization: `Basic ${"0".repeat(64)}` };
		const refused = await ask(ARC, { headers });
		assert.equal(refused.status, 401);
		assert.match(
			refused.headers.get("www-authenticate") ?? "",
			/^Basic realm=/,
		);
		assert.deepEqual(asked, []);
	});

	test("key files do not pile up, and none is left when the server closes", async () => {
		const { ask, server, directory } = await endpoints({ hasArc: true });
		for (let i = 0; i < 20; i++) await ask(ARC, { headers: METADATA });
		const files = () => readdirSync(path.join(directory, "tokens"));
		assert.equal(files().length, 16);
		server.closeAllConnections();
		await once(server.close(), "close");
		assert.deepEqual(files(), []);
	});

	test("without a directory for key files there is no agent", async () => {
		const { ask } = await endpoints();
		assert.equal((await ask(ARC, { headers: METADATA })).status, 404);
	});
});
