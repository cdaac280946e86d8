import assert from "node:assert/strict";
import { AuthenticationError } from "azidentity";
import { describe, test } from "vitest";
import {
	failureOf,
	imdsHost,
	managedIdentityTests,
	VAULT,
} from "./azure-host.ts";

managedIdentityTests();

const MOMENT = Date.UTC(2023, 10, 15, 13, 7, 9);

/** What a host says of a token's end, as it stands in the JSON. */
async function expiryOf(fields: object): Promise<number> {
	const host = await imdsHost();
	host.answers({ body: { access_token: "planted", ...fields } });
	return (await host.credential().getToken(VAULT)).expiresOnTimestamp;
}

describe("The end of a token is understood in every form that hosts have used", () => {
	test.each([
		["epoch seconds", MOMENT / 1_000],
		["the same in digits", String(MOMENT / 1_000)],
		["digits with blanks", ` ${MOMENT / 1_000} `],
		["ISO 8601 with milliseconds", "2023-11-15T13:07:09.000Z"],
		["ISO 8601 without", "2023-11-15T13:07:09Z"],
		["ISO 8601 with an offset", "2023-11-15T15:07:09+02:00"],
		["ISO 8601 with an offset to the west", "2023-11-15T05:37:09-0730"],
		["a date that begins with the year", "2023-11-15 13:07:09"],
		["a date that begins with the month", "11/15/2023 13:07:09"],
		["the same with AM or PM", "11/15/2023 1:07:09 PM"],
		["with AM or PM and a zone", "11/15/2023 1:07:09 PM +00:00"],
		["with a zone", "11/15/2023 13:07:09 +00:00"],
		["the year first, with a zone", "2023-11-15 13:07:09 +00:00"],
	])("%s", async (_, expires_on) => {
		const zone = process.env.TZ;
		// What has no zone is UTC wherever the program runs.
		process.env.TZ = "America/Caracas";
		try {
			assert.equal(await expiryOf({ expires_on }), MOMENT);
		} finally {
			if (zone === undefined) delete process.env.TZ;
			else process.env.TZ = zone;
		}
	});

	test("midnight and noon are 12 AM and 12 PM", async () => {
		const expiry = (time: string) =>
			expiryOf({ expires_on: `11/16/2023 ${time}` });
		assert.equal(await expiry("12:00:00 AM"), Date.UTC(2023, 10, 16));
		assert.equal(await expiry("12:00:00 PM"), Date.UTC(2023, 10, 16, 12));
	});

	test.each([
		["a number", { expires_in: 3_600 }],
		["digits", { expires_in: "3600" }],
		[
			"digits beside an empty expires_on",
			{ expires_in: "3600", expires_on: "" },
		],
		["digits beside a null", { expires_in: "3600", expires_on: null }],
	])(
		"only without expires_on, by expires_in from when the request set out: %s",
		async (_, fields) => {
			const { clock } = await imdsHost();
			assert.equal(await expiryOf(fields), clock.now() + 3_600_000);
		},
	);

	test("expires_on comes before expires_in", async () => {
		const fields = { expires_on: MOMENT / 1_000, expires_in: 60 };
		assert.equal(await expiryOf(fields), MOMENT);
	});
});

describe("An answer that holds no usable token is refused, and none of it is shown", () => {
	const planted = "planted-token-value";
	const token = (fields: object) => ({ access_token: planted, ...fields });
	test.each([
		["nothing", {}],
		["no token", { expires_on: 2e9 }],
		["an empty token", token({ access_token: "", expires_on: 2e9 })],
		["a token that is no text", token({ access_token: 7, expires_on: 2e9 })],
		["no end", token({})],
		["an end in words", token({ expires_on: "soon" })],
		[
			"an end in words beside a good expires_in",
			token({ expires_on: "soon", expires_in: 60 }),
		],
		[
			"a day that no calendar has",
			token({ expires_on: "2023-02-30 10:00:00" }),
		],
		["an hour that no clock has", token({ expires_on: "2023-02-03 25:00:00" })],
		["13 o'clock PM", token({ expires_on: "2/3/2023 13:00:00 PM" })],
		["a negative end", token({ expires_on: -5 })],
		["an end that is a list", token({ expires_on: [2e9] })],
		["a token of another type", token({ expires_on: 2e9, token_type: "pop" })],
		["a list", [planted]],
		["a text", JSON.stringify(planted)],
		["half a document", `{"access_token":"${planted}`],
		["HTML", `<h1>${planted}</h1>`],
		["an empty body", ""],
	])("%s", async (_, body) => {
		const host = await imdsHost();
		host.answers({ body });
		const error = await failureOf(host.credential().getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.equal(error.errorResponse.error, "invalid_response");
		assert.equal(error.isOutage, false);
		assert.ok(!`${error.stack}${JSON.stringify(error)}`.includes(planted));
	});
});

test("a token past its end is returned, and not remembered", async () => {
	const host = await imdsHost();
	const credential = host.credential();
	host.answers(host.token({}, -60), host.token({}, 0));
	const first = await credential.getToken(VAULT);
	assert.equal(first.expiresOnTimestamp, host.clock.now() - 60_000);
	const second = await credential.getToken(VAULT);
	const third = await credential.getToken(VAULT);
	assert.deepEqual(
		[first.token, second.token, third.token],
		["token-1", "token-2", "token-3"],
	);
	assert.equal((await credential.getToken(VAULT)).token, "token-3");
});

test("the longest life is ten years, whatever a host says", async () => {
	const { clock } = await imdsHost();
	const end = await expiryOf({ expires_on: "99999999999999" });
	assert.equal(end, clock.now() + 10 * 365 * 86_400_000);
});
