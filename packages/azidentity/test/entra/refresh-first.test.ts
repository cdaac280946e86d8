import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { entraClient } from "../../src/entra/entra-client.ts";
import { refreshFirst } from "../../src/entra/refresh-first.ts";
import type { Held } from "../../src/token.ts";
import {
	CLIENT_ID,
	GRANTED,
	type Scripted,
	ScriptedService,
	tokenRequest,
} from "./scripted-service.ts";

const HELD = { refreshToken: "1", otherRefreshTokens: ["2", "3"] };
const refused = (code: number, more: object = {}): Scripted => ({
	status: 400,
	body: { error: "invalid_grant", error_codes: [code], ...more },
});

/** A source with these refresh tokens in front of a service with this script. */
async function refresh(held: Held, ...script: Scripted[]) {
	const service = new ScriptedService(...script);
	const client = entraClient("C", CLIENT_ID, service.options());
	const dropped: string[] = [];
	const drop = async (refreshToken: string) => {
		dropped.push(refreshToken);
	};
	const outcome = await refreshFirst("C", client)(tokenRequest(), {
		...held,
		drop,
	}).catch((error) => error);
	return { outcome, dropped, seen: service.seen };
}

describe("The refresh tokens that are held", () => {
	test("are tried in their order, until one does", async () => {
		const { outcome, seen } = await refresh(HELD, refused(65001), {
			body: GRANTED,
		});
		assert.equal(outcome.token.token, GRANTED.access_token);
		const tried = seen.map(({ form }) => form.refresh_token);
		assert.deepEqual(tried, ["1", "2"]);
	});

	test("were all refused, or there are none: a person is needed, and the best one's refusal is the cause", async () => {
		const { outcome } = await refresh(
			HELD,
			refused(50076, { claims: "{}" }),
			refused(700082),
			refused(70000),
		);
		assert.equal(outcome.name, "AuthenticationRequiredError");
		assert.equal(outcome.cause.errorResponse.claims, "{}");
		const none = await refresh({});
		assert.equal(none.outcome.name, "AuthenticationRequiredError");
		assert.equal(none.outcome.cause, undefined);
	});

	for (const code of [700082, 70008, 70043, 50173, 50132, 50133])
		test(`are dropped when they are refused with ${code}, and the others are not`, async () => {
			const { dropped } = await refresh(
				HELD,
				refused(code),
				refused(50076),
				refused(65001, { suberror: "consent_required" }),
			);
			assert.deepEqual(dropped, ["1"]);
		});

	test("are dropped when they are called bad, whatever the code; and when the code is only in the text", async () => {
		const { dropped } = await refresh(
			HELD,
			refused(65001, { suberror: "bad_token" }),
			{
				status: 400,
				body: {
					error: "invalid_grant",
					error_description: "AADSTS700082: expired",
				},
			},
			refused(70000),
		);
		assert.deepEqual(dropped, ["1", "2"]);
	});

	for (const [what, answer] of [
		[
			"the client is refused",
			{ status: 401, body: { error: "invalid_client" } },
		],
		["the scope is refused", { status: 400, body: { error: "invalid_scope" } }],
		[
			"the service is in trouble, whatever it calls it",
			{
				status: 503,
				headers: { "retry-after": "999" },
				body: { error: "invalid_grant" },
			},
		],
	] as const)
		test(`are left alone when ${what}: neither another nor a person could help`, async () => {
			const { dropped, outcome, seen } = await refresh(HELD, answer);
			assert.equal(outcome.name, "AuthenticationError");
			assert.equal(seen.length, 1);
			assert.deepEqual(dropped, []);
		});
});

describe("The routing hint of a refresh", () => {
	test.each([
		["uid.utid", "Oid:uid@utid"],
		["subject", undefined],
		["a.b.c", undefined],
		[undefined, undefined],
	])("for the account %s is %s", async (homeAccountId, hint) => {
		const { seen } = await refresh(
			{ refreshToken: "1", ...(homeAccountId && { homeAccountId }) },
			{ body: GRANTED },
		);
		assert.equal(seen[0]?.headers["x-anchormailbox"], hint);
	});
});
