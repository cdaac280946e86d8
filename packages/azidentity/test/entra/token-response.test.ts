import assert from "node:assert/strict";
import { inspect } from "node:util";
import { describe, test } from "vitest";
import { AuthenticationError } from "../../src/errors.ts";
import {
	failureOf,
	GRANTED,
	SCOPE,
	ScriptedService,
} from "./scripted-service.ts";

const TEN_YEARS_MS = 10 * 365 * 24 * 3_600_000;
const without = (name: keyof typeof GRANTED) => {
	const { [name]: _, ...rest } = GRANTED;
	return rest;
};
const grantOf = async (body: object | string) => {
	const service = new ScriptedService({ body });
	const grant = await service.requestToken();
	return { grant, now: service.clock.now() };
};

describe("a token", () => {
	test("is a frozen bearer token with times in milliseconds", async () => {
		const { grant, now } = await grantOf({ ...GRANTED, refresh_in: 1_800 });
		assert.deepEqual(grant.token, {
			token: "the-token",
			expiresOnTimestamp: now + 3_599_000,
			refreshAfterTimestamp: now + 1_800_000,
			tokenType: "Bearer",
		});
		assert.ok(Object.isFrozen(grant.token));
		assert.equal(grant.extendedExpiresOn, now + 7_199_000);
		assert.equal(grant.scope, SCOPE);
	});

	test("may have its numbers as text", async () => {
		const { grant, now } = await grantOf({
			...GRANTED,
			expires_in: "3600",
			refresh_in: "60",
			ext_expires_in: "9000",
		});
		assert.equal(grant.token.expiresOnTimestamp, now + 3_600_000);
		assert.equal(grant.token.refreshAfterTimestamp, now + 60_000);
		assert.equal(grant.extendedExpiresOn, now + 9_000_000);
	});

	test("is due only at a time before it expires", async () => {
		for (const refresh_in of [0, -1, 3_599, 5_000, "soon", null]) {
			const { grant } = await grantOf({ ...GRANTED, refresh_in });
			assert.equal(
				"refreshAfterTimestamp" in grant.token,
				false,
				`refresh_in ${refresh_in}`,
			);
		}
	});

	test("is not extended by an extension that is shorter than its life", async () => {
		for (const ext_expires_in of [0, 3_599, "x", undefined]) {
			const { grant } = await grantOf({ ...GRANTED, ext_expires_in });
			assert.equal("extendedExpiresOn" in grant, false);
		}
	});

	test("lives ten years at most", async () => {
		const { grant, now } = await grantOf({
			...GRANTED,
			expires_in: "99999999999999999999999",
		});
		assert.equal(grant.token.expiresOnTimestamp, now + TEN_YEARS_MS);
	});

	test("is for the scopes that the service names, else for those asked for", async () => {
		assert.equal(
			(await grantOf({ ...GRANTED, scope: "other/.default" })).grant.scope,
			"other/.default",
		);
		for (const scope of ["", " ", 7, undefined])
			assert.equal((await grantOf({ ...GRANTED, scope })).grant.scope, SCOPE);
	});
});

describe("an answer without a usable token is an AuthenticationError that shows nothing of it:", () => {
	const planted = { access_token: "planted-token" };
	for (const [what, body] of [
		["an empty body", ""],
		["a page", "<html>planted-token</html>"],
		[
			"JSON that is cut off",
			'{"token_type":"Bearer","expires_in":3599,"access_token":"planted-tok',
		],
		["a list", '["planted-token"]'],
		["null", "null"],
		["a text", '"planted-token"'],
		["no token", without("access_token")],
		["an empty token", { ...GRANTED, access_token: "" }],
		["a blank token", { ...GRANTED, access_token: "  " }],
		["a token that is no text", { ...GRANTED, access_token: 42 }],
		["no expires_in", { ...without("expires_in"), ...planted }],
		["expires_in 0", { ...GRANTED, ...planted, expires_in: 0 }],
		['expires_in "0"', { ...GRANTED, ...planted, expires_in: "0" }],
		["a negative expires_in", { ...GRANTED, ...planted, expires_in: -1 }],
		['expires_in "-60"', { ...GRANTED, ...planted, expires_in: "-60" }],
		["expires_in in words", { ...GRANTED, ...planted, expires_in: "an hour" }],
		[
			"expires_in with a fraction",
			{ ...GRANTED, ...planted, expires_in: 3599.5 },
		],
		["expires_in with a unit", { ...GRANTED, ...planted, expires_in: "3599s" }],
		["an empty expires_in", { ...GRANTED, ...planted, expires_in: "" }],
		["expires_in null", { ...GRANTED, ...planted, expires_in: null }],
		["another type of token", { ...GRANTED, ...planted, token_type: "pop" }],
	] as const) {
		test(what, async () => {
			const service = new ScriptedService({ body });
			const failure = await failureOf(service.requestToken());
			assert.ok(failure instanceof AuthenticationError);
			assert.equal(failure.errorResponse.error, "invalid_response");
			assert.equal(failure.statusCode, 200);
			assert.equal(failure.isOutage, false);
			assert.match(
				failure.message,
				/^TestCredential: the token .* cannot be used: /,
			);
			assert.equal(
				inspect(failure, { depth: 10, showHidden: true }).includes("planted"),
				false,
			);
			assert.equal(service.seen.length, 1);
		});
	}

	test("a refusal with status 200", async () => {
		const service = new ScriptedService({
			body: {
				error: "invalid_client",
				error_description: "AADSTS7000215: no",
				...planted,
			},
		});
		const failure = await failureOf(service.requestToken());
		assert.ok(failure instanceof AuthenticationError);
		assert.equal(failure.errorResponse.error, "invalid_client");
		assert.equal(
			inspect(failure, { depth: 10, showHidden: true }).includes("planted"),
			false,
		);
	});
});
