import assert from "node:assert/strict";
import { inspect } from "node:util";
import { hours, minutes } from "@azidentity/testkit";
import { AuthenticationError, OnBehalfOfCredential } from "azidentity";
import { describe, test } from "vitest";
import {
	CLIENT_ID,
	failureOf,
	GRANTED,
	SCOPE,
	type Scripted,
	ScriptedService,
	SECRET,
	TENANT,
} from "../entra/scripted-service.ts";

const ASSERTION = "planted.user.token";
const EXCHANGE = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/** A credential in front of a service that answers by script. */
function setUp(...script: Scripted[]) {
	const service = new ScriptedService(...script);
	const credential = new OnBehalfOfCredential({
		...service.options({ retryOptions: { maxRetries: 0 } }),
		tenantId: TENANT,
		clientId: CLIENT_ID,
		clientSecret: SECRET,
		userAssertionToken: ASSERTION,
	});
	const grants = () => service.seen.map(({ form }) => form.grant_type);
	return { service, credential, grants };
}

const encoded = (part: object) =>
	Buffer.from(JSON.stringify(part)).toString("base64url");

/** A grant with a refresh token, for a user. */
const granted = (token: string, more: object = {}): Scripted => ({
	body: {
		...GRANTED,
		access_token: token,
		refresh_token: `refresh of ${token}`,
		client_info: encoded({ uid: "user", utid: "home" }),
		id_token: `e30.${encoded({ aud: CLIENT_ID, oid: "user" })}.`,
		...more,
	},
});
const refused = (error: string, more: object = {}): Scripted => ({
	status: 400,
	body: { error, ...more },
});
/** Lets everything that is ready to run, run. */
const settled = async () => {
	for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
};

test("the request has the form of the on-behalf-of grant, and nothing else", async () => {
	const { service, credential } = setUp(granted("one"));
	await credential.getToken(SCOPE);
	assert.deepEqual(service.seen[0]?.form, {
		grant_type: EXCHANGE,
		requested_token_use: "on_behalf_of",
		assertion: ASSERTION,
		client_id: CLIENT_ID,
		client_secret: SECRET,
		scope: `${SCOPE} openid profile offline_access`,
		client_info: "1",
	});
});

describe("A remembered refresh token", () => {
	test("replaces an expired token, and is said to be whose it is", async () => {
		const { service, credential } = setUp(granted("one"), granted("two"));
		await credential.getToken(SCOPE);
		service.clock.advance(hours(3));
		assert.equal((await credential.getToken(SCOPE)).token, "two");
		const { form, headers } = service.seen[1] ?? assert.fail();
		assert.deepEqual(form, {
			grant_type: "refresh_token",
			refresh_token: "refresh of one",
			client_id: CLIENT_ID,
			client_secret: SECRET,
			scope: `${SCOPE} openid profile offline_access`,
			client_info: "1",
		});
		assert.equal(headers["x-anchormailbox"], "Oid:user@home");
	});

	test("is the one of the last answer", async () => {
		const { service, credential } = setUp(
			granted("one"),
			granted("two"),
			granted("three"),
		);
		for (let turn = 0; turn < 3; turn += 1) {
			await credential.getToken(SCOPE);
			service.clock.advance(hours(3));
		}
		assert.equal(service.seen[2]?.form.refresh_token, "refresh of two");
	});

	test("replaces a token that is due behind the caller's back: by one of the user, never of the application", async () => {
		const { service, credential, grants } = setUp(
			granted("one", { refresh_in: 1_800 }),
			granted("two", { refresh_in: 1_800 }),
		);
		await credential.getToken(SCOPE);
		service.clock.advance(minutes(31));
		assert.equal((await credential.getToken(SCOPE)).token, "one");
		await settled();
		assert.equal((await credential.getToken(SCOPE)).token, "two");
		assert.deepEqual(grants(), [EXCHANGE, "refresh_token"]);
	});

	for (const error of ["invalid_grant", "interaction_required"]) {
		test(`that is refused (${error}) makes way for the assertion`, async () => {
			const { service, credential, grants } = setUp(
				granted("one"),
				refused(error),
				granted("two"),
			);
			await credential.getToken(SCOPE);
			service.clock.advance(hours(3));
			assert.equal((await credential.getToken(SCOPE)).token, "two");
			assert.deepEqual(grants(), [EXCHANGE, "refresh_token", EXCHANGE]);
		});
	}

	test("that is refused behind the caller's back makes way for the assertion as well", async () => {
		const { service, credential, grants } = setUp(
			granted("one", { refresh_in: 1_800 }),
			refused("invalid_grant"),
			granted("two"),
		);
		await credential.getToken(SCOPE);
		service.clock.advance(minutes(31));
		await credential.getToken(SCOPE);
		await settled();
		assert.equal((await credential.getToken(SCOPE)).token, "two");
		assert.deepEqual(grants(), [EXCHANGE, "refresh_token", EXCHANGE]);
	});

	test("that is dead is not tried again, although the assertion was refused as well", async () => {
		const { service, credential, grants } = setUp(
			granted("one"),
			refused("invalid_grant", { error_codes: [50173] }),
			refused("invalid_grant", { error_codes: [500133] }),
			granted("two"),
		);
		await credential.getToken(SCOPE);
		service.clock.advance(hours(3));
		await assert.rejects(credential.getToken(SCOPE), {
			name: "AuthenticationError",
			message: /Get a new token of the user/,
		});
		assert.equal((await credential.getToken(SCOPE)).token, "two");
		assert.deepEqual(grants(), [EXCHANGE, "refresh_token", EXCHANGE, EXCHANGE]);
	});

	for (const [what, scripted] of [
		["a service in trouble", { status: 503 }],
		["a secret that is no longer good", refused("invalid_client")],
		["a scope that cannot be", refused("invalid_scope")],
	] as const) {
		test(`does not make way for the assertion because of ${what}, which that would meet as well`, async () => {
			const { service, credential, grants } = setUp(granted("one"), scripted);
			await credential.getToken(SCOPE);
			service.clock.advance(hours(3));
			await assert.rejects(credential.getToken(SCOPE), AuthenticationError);
			assert.deepEqual(grants(), [EXCHANGE, "refresh_token"]);
		});
	}

	test("is not needed: without one, the assertion is exchanged again", async () => {
		const { service, credential, grants } = setUp(
			{ body: GRANTED },
			granted("two"),
		);
		await credential.getToken(SCOPE);
		service.clock.advance(hours(3));
		assert.equal((await credential.getToken(SCOPE)).token, "two");
		assert.deepEqual(grants(), [EXCHANGE, EXCHANGE]);
	});
});

test("the claims of a refusal come back on the error as they are, for the user's own client, and are not printed", async () => {
	const claims = '{"access_token":{"acrs":{"essential":true,"value":"p1"}}}';
	const { credential } = setUp(
		refused("interaction_required", { error_codes: [50079], claims }),
	);
	const error = await failureOf(credential.getToken(SCOPE));
	assert.ok(error instanceof AuthenticationError);
	assert.equal(error.errorResponse.claims, claims);
	assert.match(error.message, /passing the claims of this error/);
	for (const shown of [inspect(error, { depth: 9 }), JSON.stringify(error)])
		assert.ok(!shown.includes("acrs"), shown);
});
