import assert from "node:assert/strict";
import {
	OnBehalfOfCredential,
	type OnBehalfOfCredentialOptions,
} from "azidentity";
import { describe, test } from "vitest";
import {
	CLIENT_ID,
	GRANTED,
	SCOPE,
	ScriptedService,
	SECRET,
	TENANT,
} from "../entra/scripted-service.ts";

const ASSERTION = "planted.user.token";

describe("An argument that cannot be right is named, before any request", () => {
	const good = {
		tenantId: TENANT,
		clientId: CLIENT_ID,
		userAssertionToken: ASSERTION,
		clientSecret: SECRET,
	};
	const getAssertion = async () => "planted.client.assertion";
	const cases: [string, object, RegExp][] = [
		["no tenant", { tenantId: undefined }, /tenantId/],
		["a tenant with a slash", { tenantId: "a/b" }, /tenantId/],
		["no client", { clientId: undefined }, /clientId/],
		["no user assertion", { userAssertionToken: undefined }, /userAssertion/],
		["an empty user assertion", { userAssertionToken: "" }, /userAssertion/],
		["a blank user assertion", { userAssertionToken: " " }, /userAssertion/],
		["no text as user assertion", { userAssertionToken: {} }, /userAssertion/],
		[
			"a whole authorization header as user assertion",
			{ userAssertionToken: `Bearer ${ASSERTION}` },
			/userAssertionToken.*Bearer/,
		],
		[
			"nothing that shows who asks",
			{ clientSecret: undefined },
			/clientSecret/,
		],
		["an empty secret", { clientSecret: "" }, /clientSecret/],
		["a blank secret", { clientSecret: " " }, /clientSecret/],
		[
			"a callback that is none",
			{ clientSecret: undefined, getAssertion: "planted" },
			/getAssertion/,
		],
		[
			"a blank path",
			{ clientSecret: "", certificatePath: " " },
			/certificateP/,
		],
		[
			"a path that is none",
			{
				clientSecret: "",
				certificatePath: "-----BEGIN PRIVATE KEY-----planted",
			},
			/certificatePath/,
		],
		[
			"a certificate and a callback",
			{ clientSecret: "", certificatePath: "/app.pem", getAssertion },
			/certificatePath and getAssertion/,
		],
		[
			"a secret and a certificate",
			{ certificatePath: "/app.pem" },
			/clientSecret and certificatePath/,
		],
		["a secret and a callback", { getAssertion }, /clientSecret and getAsser/],
	];
	test.each(cases)("%s", (_, wrong, message) => {
		const service = new ScriptedService();
		const options = { ...service.options(), ...good, ...wrong };
		assert.throws(
			() => new OnBehalfOfCredential(options as OnBehalfOfCredentialOptions),
			(error: Error) => {
				assert.match(error.message, /^OnBehalfOfCredential: /);
				assert.match(error.message, message);
				assert.doesNotMatch(error.message, /planted/);
				return true;
			},
		);
		assert.deepEqual(service.seen, []);
	});

	test("no options at all", () => {
		assert.throws(
			() =>
				new OnBehalfOfCredential(
					undefined as unknown as OnBehalfOfCredentialOptions,
				),
			{ name: "CredentialUnavailableError", message: /tenantId/ },
		);
	});

	test("a way to show who asks that is empty counts as none, as when it comes from the environment", async () => {
		const service = new ScriptedService({ body: GRANTED });
		const credential = new OnBehalfOfCredential({
			...service.options(),
			...good,
			clientSecret: "",
			getAssertion,
		} as OnBehalfOfCredentialOptions);
		await credential.getToken(SCOPE);
		assert.equal(
			service.seen[0]?.form.client_assertion,
			"planted.client.assertion",
		);
	});
});
