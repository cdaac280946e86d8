import assert from "node:assert/strict";
import { describe, test } from "vitest";
import {
	endpoints,
	IMDS,
	imdsQuery,
	METADATA,
	NOW,
	query,
	SECRET,
	VAULT,
} from "./managed-identity-endpoints.ts";

describe("IMDS", () => {
	test("it answers with numbers in text, by its own clock", async () => {
		const { ask } = await endpoints();
		const { status, body } = await ask(IMDS + imdsQuery(), {
			headers: METADATA,
		});
		assert.equal(status, 200);
		assert.equal(body.access_token, "token-1");
		assert.equal(body.expires_in, "86400");
		assert.equal(body.expires_on, String(NOW / 1000 + 86_400));
		assert.equal(body.resource, VAULT);
		assert.equal(body.token_type, "Bearer");
	});

	test.each([
		["the metadata header", {}, IMDS + imdsQuery()],
		["the resource", METADATA, `${IMDS}?api-version=2018-02-01`],
		["the version", METADATA, `${IMDS}${query({ resource: VAULT })}`],
		["any query, as in a probe", {}, IMDS],
	])(
		"a request without %s is refused, and no token is made",
		async (_, headers, where) => {
			const { ask, asked } = await endpoints();
			const { status, body } = await ask(where, { headers });
			assert.equal(status, 400);
			assert.equal(body.error, "invalid_request");
			assert.deepEqual(asked, []);
		},
	);

	test("a forwarded request is refused", async () => {
		const { ask } = await endpoints();
		const headers = { ...METADATA, "x-forwarded-for": "203.0.113.7" };
		assert.equal((await ask(IMDS + imdsQuery(), { headers })).status, 400);
	});

	test("slashes behind the path and another case are the same path", async () => {
		const { ask, log } = await endpoints();
		for (const where of [`${IMDS}/`, `${IMDS}//`, IMDS.toUpperCase()])
			assert.equal(
				(await ask(where + imdsQuery(), { headers: METADATA })).status,
				200,
			);
		assert.equal(log[0]?.path, IMDS);
	});

	test.each([
		["client_id", "client_id"],
		["object_id", "object_id"],
		["msi_res_id", "msi_res_id"],
		["mi_res_id", "msi_res_id"],
	])("an identity named by %s is echoed as %s", async (name, echo) => {
		const { ask, asked } = await endpoints();
		const { body } = await ask(IMDS + imdsQuery({ [name]: "some-id" }), {
			headers: METADATA,
		});
		assert.equal(body[echo], "some-id");
		assert.equal(body.client_id, asked[0]?.clientId);
	});

	test("an identity is the same one each time, and another one than the machine's", async () => {
		const { ask, asked } = await endpoints();
		for (const more of [{ object_id: "a" }, { object_id: "a" }, {}])
			await ask(IMDS + imdsQuery(more), { headers: METADATA });
		assert.equal(asked[0]?.clientId, asked[1]?.clientId);
		assert.notEqual(asked[0]?.clientId, asked[2]?.clientId);
	});

	test("two identities at once are refused", async () => {
		const { ask } = await endpoints();
		const both = imdsQuery({ client_id: "a", object_id: "b" });
		assert.equal((await ask(IMDS + both, { headers: METADATA })).status, 400);
	});

	test("it says where the machine is, as JSON and as text", async () => {
		const { ask } = await endpoints();
		const where = "/metadata/instance/compute";
		const version = "?api-version=2021-02-01";
		const init = { headers: METADATA };
		assert.equal((await ask(where + version)).status, 400);
		assert.deepEqual((await ask(where + version, init)).body, {
			location: "westeurope",
		});
		const text = await ask(`${where}/location${version}&format=text`, init);
		assert.equal(text.body, "westeurope");
	});
});

describe("faults and the log", () => {
	test("a fault takes the place of the answer, once", async () => {
		const fault = {
			path: "/oauth2/token",
			status: 429,
			headers: { "retry-after": "7" },
		};
		const { ask, asked, log } = await endpoints({ fault });
		const get = () => ask(`${IMDS}/${imdsQuery()}`, { headers: METADATA });
		const spoiled = await get();
		assert.equal(spoiled.status, 429);
		assert.equal(spoiled.headers.get("retry-after"), "7");
		assert.equal((await get()).status, 200);
		assert.equal(asked.length, 1);
		assert.deepEqual(
			log.map(({ status, fault }) => ({ status, fault })),
			[
				{ status: 429, fault: true },
				{ status: 200, fault: undefined },
			],
		);
	});

	test("the log says who asked for what, and nothing secret", async () => {
		const { ask, log } = await endpoints();
		await ask(
			`/msi/token${query({ "api-version": "2019-08-01", resource: VAULT, client_id: "app" })}`,
			{
				headers: {
					"x-identity-header": SECRET,
					"x-client-sku": "msal.js.node",
					"x-client-ver": "7.2.3",
					"x-ms-client-request-id": "the-id",
				},
			},
		);
		assert.deepEqual(log, [
			{
				time: NOW,
				server: "managed-identity",
				method: "GET",
				path: "/msi/token",
				status: 200,
				client: "msal.js.node 7.2.3",
				correlationId: "the-id",
				clientId: "app",
				scope: VAULT,
			},
		]);
	});

	test("an unknown path is told which there are", async () => {
		const { ask } = await endpoints();
		const { status, body } = await ask("/nothing");
		assert.equal(status, 404);
		assert.match(body.error_description, /\/msi\/token/);
	});
});
