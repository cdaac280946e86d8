import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { entraClient } from "../../src/entra/entra-client.ts";
import type { Grant } from "../../src/token.ts";
import {
	CLIENT_ID,
	failureOf,
	GRANTED,
	ScriptedService,
	TENANT,
	tokenRequest,
} from "./scripted-service.ts";

describe("a token request for a person", () => {
	const forPerson = async (
		parameters: Record<string, string>,
		details?: { anchorMailbox?: string },
	) => {
		const service = new ScriptedService({ body: GRANTED });
		const client = entraClient("C", CLIENT_ID, service.options());
		await client.requestToken(
			tokenRequest({
				scopes: ["User.Read", "OpenID"],
				tenantId: "organizations",
			}),
			parameters,
			undefined,
			details,
		);
		return service.seen[0];
	};

	test("asks for who it is and for a refresh token, without repeating what the caller asked for", async () => {
		const seen = await forPerson({
			grant_type: "refresh_token",
			refresh_token: "rt",
		});
		assert.equal(seen?.form.scope, "User.Read OpenID profile offline_access");
		assert.equal(seen?.form.client_info, "1");
		assert.equal(seen?.form.refresh_token, "rt");
		assert.equal("client_secret" in (seen?.form ?? {}), false);
	});

	test("the routing hint is a header that a line break or another script cannot break", async () => {
		const seen = await forPerson(
			{ grant_type: "password", username: "u", password: "p" },
			{ anchorMailbox: "UPN:zoë\r\nEvil: 1@contoso.test" },
		);
		assert.equal(
			seen?.headers["x-anchormailbox"],
			"UPN:zoEvil: 1@contoso.test",
		);
	});

	test("a code, a password and a poll are never sent twice", async () => {
		for (const grantType of [
			"authorization_code",
			"password",
			"urn:ietf:params:oauth:grant-type:device_code",
		]) {
			const service = new ScriptedService({ status: 503 });
			const client = entraClient("C", CLIENT_ID, service.options());
			const failure = await failureOf(
				client.requestToken(
					tokenRequest(),
					{ grant_type: grantType },
					undefined,
				),
			);
			assert.equal(failure.name, "AuthenticationError");
			assert.equal(service.seen.length, 1);
		}
	});
});

describe("the account of a person", () => {
	const OID = "00000000-0000-0000-0000-0000000000aa";
	const HOME = "00000000-0000-0000-0000-0000000000bb";
	const CLIENT_INFO =
		"eyJ1aWQiOiIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwYWEiLCJ1dGlkIjoiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMGJiIn0";
	const CLAIMS = {
		aud: CLIENT_ID,
		oid: OID,
		sub: "pairwise",
		tid: TENANT,
		preferred_username: "zoë@contoso.test",
	};
	const signIn = (body: object, nonce?: string): Promise<Grant> => {
		const service = new ScriptedService({ body: { ...GRANTED, ...body } });
		const client = entraClient("C", CLIENT_ID, service.options());
		const parameters = { grant_type: "refresh_token", refresh_token: "rt" };
		return client.requestToken(
			tokenRequest({ tenantId: "organizations" }),
			parameters,
			undefined,
			nonce === undefined ? {} : { nonce },
		);
	};
	const idToken = (claims: object) =>
		`e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`;

	test("comes from client_info and the id token", async () => {
		const grant = await signIn({
			id_token: idToken(CLAIMS),
			client_info: CLIENT_INFO,
			refresh_token: "next",
			foci: "1",
		});
		assert.deepEqual(grant.account, {
			homeAccountId: `${OID}.${HOME}`,
			localAccountId: OID,
			environment: "login.windows.net",
			realm: TENANT,
			username: "zoë@contoso.test",
		});
		assert.equal(grant.homeAccountId, `${OID}.${HOME}`);
		assert.equal(grant.refreshToken, "next");
		assert.equal(grant.familyId, "1");
	});

	test("comes from the id token alone when there is no client_info", async () => {
		const { account } = await signIn({ id_token: idToken(CLAIMS) });
		assert.equal(account?.homeAccountId, "pairwise");
		assert.equal(account?.localAccountId, OID);
	});

	test("is not made up when the answer names nobody", async () => {
		const grant = await signIn({});
		assert.equal("account" in grant, false);
		assert.equal("homeAccountId" in grant, false);
	});

	for (const [what, claims, nonce] of [
		["is for another client", { ...CLAIMS, aud: "somebody-else" }],
		["names no tenant", { ...CLAIMS, tid: "not-a-guid" }],
		["is for another sign-in", { ...CLAIMS, nonce: "other" }, "mine"],
		["does not repeat the nonce", CLAIMS, "mine"],
	] as const) {
		test(`an id token that ${what} is refused`, async () => {
			const failure = await failureOf(
				signIn({ id_token: idToken(claims), client_info: CLIENT_INFO }, nonce),
			);
			assert.equal(failure.name, "AuthenticationError");
			assert.match(failure.message, /its id token/);
		});
	}

	test("an id token that cannot be read is refused", async () => {
		const failure = await failureOf(signIn({ id_token: "gibberish" }));
		assert.match(failure.message, /its id token cannot be read/);
	});
});
