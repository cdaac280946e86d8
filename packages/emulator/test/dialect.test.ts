import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { clientInfo, servicePrincipalId } from "../src/dialect/claims.ts";
import { EntraError } from "../src/dialect/entra-error.ts";
import { answeredScope, parseScope } from "../src/dialect/scope.ts";
import { tokenAnswer } from "../src/dialect/token-answer.ts";
import { USERS } from "../src/fixtures.ts";
import { DEFAULT_KNOBS } from "../src/knobs.ts";
import { moments, revocations } from "../src/revocations.ts";

const refusedWith = (code: number) => (error: unknown) =>
	error instanceof EntraError && error.code === code;

describe("a scope parameter", () => {
	test.each([
		["https://storage.azure.com/.default", "https://storage.azure.com", []],
		["https://storage.azure.com//.default", "https://storage.azure.com/", []],
		["https://vault.azure.net/a/b", "https://vault.azure.net/a", ["b"]],
		["api://orders/Orders.Read", "api://orders", ["Orders.Read"]],
		[
			"e406a681-f3d4-42a8-90b6-c2b029497af1/.default",
			"e406a681-f3d4-42a8-90b6-c2b029497af1",
			[],
		],
		[
			"User.Read Mail.Read",
			"https://graph.microsoft.com",
			["User.Read", "Mail.Read"],
		],
		["openid profile", "https://graph.microsoft.com", []],
		["", "https://graph.microsoft.com", []],
	])("%s is for the resource %s", (text, resource, permissions) => {
		const request = parseScope(text);

		assert.equal(request.resource, resource);
		assert.deepEqual(request.permissions, permissions);
		assert.equal(request.wantsDefault, text.includes(".default"));
	});

	test("is split at any white space, and repetitions count once", () => {
		const request = parseScope(
			"  openid\tapi://orders/a \n api://orders/a api://orders/b openid ",
		);

		assert.deepEqual(request.permissions, ["a", "b"]);
		assert.deepEqual(request.oidc, ["openid"]);
	});

	test("names one resource, and .default stands alone", () => {
		assert.throws(() => parseScope("api://a/x api://b/x"), refusedWith(70011));
		assert.throws(() => parseScope("User.Read api://b/x"), refusedWith(70011));
		assert.throws(
			() => parseScope("api://a/.default api://a/x"),
			refusedWith(70011),
		);
	});
});

describe("the scope of an answer", () => {
	test.each([
		[
			"api://orders/.default openid profile offline_access",
			"api://orders/Read api://orders/Write api://orders/.default openid profile",
		],
		["api://orders/Read offline_access", "api://orders/Read"],
		[
			"openid email",
			"https://graph.microsoft.com/Read https://graph.microsoft.com/Write openid email",
		],
	])("to %s is %s", (asked, answered) => {
		assert.equal(answeredScope(parseScope(asked), ["Read", "Write"]), answered);
	});
});

describe("a token answer", () => {
	const outcome = {
		app: {},
		scope: parseScope("https://storage.azure.com/.default"),
		resource: {
			audience: "https://storage.azure.com",
			version: 1 as const,
			permissions: ["user_impersonation"],
			roles: [],
		},
		accessToken: "at",
		wantsClientInfo: true,
		knobs: DEFAULT_KNOBS,
	};

	test("to an app has neither scope nor account", () => {
		assert.deepEqual(tokenAnswer(outcome), {
			token_type: "Bearer",
			expires_in: 3599,
			ext_expires_in: 3599,
			access_token: "at",
		});
	});

	test("names the family beside a refresh token, and only there", () => {
		const family = { ...outcome, app: { isFamily: true }, user: USERS.alice };

		assert.equal(tokenAnswer(family).foci, undefined);
		assert.equal(tokenAnswer({ ...family, refreshToken: "rt" }).foci, "1");
	});

	test("carries the account only where it was asked for", () => {
		const { alice } = USERS;
		const answer = tokenAnswer({ ...outcome, user: alice });

		assert.equal(answer.client_info, clientInfo(alice));
		assert.equal(
			tokenAnswer({ ...outcome, user: alice, wantsClientInfo: false })
				.client_info,
			undefined,
		);
	});
});

describe("identifiers", () => {
	test("a service principal has a GUID that depends on app and tenant alone", () => {
		const id = servicePrincipalId("app", "tenant");

		assert.match(
			id,
			/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
		);
		assert.equal(servicePrincipalId("app", "tenant"), id);
		assert.notEqual(servicePrincipalId("app", "other"), id);
	});
});

describe("moments", () => {
	test("always rise, so that a revocation lies between what was before and after", () => {
		const order = moments();
		const known = revocations(order);
		const before = order.next();
		known.revoke("alice");
		const after = order.next();

		assert.ok(before < known.latest("alice"));
		assert.ok(known.latest(undefined, "alice") < after);
		assert.equal(known.latest("bob"), 0);
	});
});
