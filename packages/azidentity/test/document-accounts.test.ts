import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "vitest";
import { parseDocument } from "../src/cache/document.ts";
import { findAccounts } from "../src/cache/document-accounts.ts";

const CLIENT = { clientId: "client", environment: "login.windows.net" };

const entity = (more: object) => ({
	home_account_id: "u.t",
	environment: "login.microsoftonline.com",
	client_id: "client",
	...more,
});
const refreshToken = (more: object = {}) =>
	entity({ credential_type: "RefreshToken", secret: "r", ...more });
const account = (more: object = {}) =>
	entity({ realm: "t", username: "ada@contoso.test", ...more });

/** A document with these entries, under keys that mean nothing. */
function documentOf(sections: Record<string, readonly object[]>) {
	const root = Object.fromEntries(
		Object.entries(sections).map(([name, entries]) => [
			name,
			Object.fromEntries(entries.map((entry, index) => [`${index}`, entry])),
		]),
	);
	return parseDocument(JSON.stringify(root));
}

describe("The accounts a client can use silently", () => {
	test("have a refresh token of it at the cloud, under any alias, and their name if it is written", () => {
		const document = documentOf({
			RefreshToken: [
				refreshToken(),
				refreshToken({ environment: "sts.windows.net" }),
				refreshToken({ home_account_id: "v.t" }),
			],
			Account: [account(), account({ realm: "other" })],
		});
		assert.deepEqual(findAccounts(document, CLIENT), [
			{ homeAccountId: "u.t", username: "ada@contoso.test" },
			{ homeAccountId: "v.t", username: "" },
		]);
	});

	test.each([
		["of another client", { client_id: "another" }],
		["at another cloud", { environment: "login.microsoftonline.us" }],
		["of nobody", { home_account_id: "" }],
		["got on somebody's behalf", { user_assertion_hash: "hash" }],
		[
			"got on somebody's behalf, as JavaScript writes it",
			{ userAssertionHash: "hash" },
		],
		["without a secret", { secret: "" }],
	])("are none when the only refresh token is %s", (_, more) => {
		const document = documentOf({
			RefreshToken: [refreshToken(more)],
			Account: [account()],
		});
		assert.deepEqual(findAccounts(document, CLIENT), []);
	});

	test("are none when there is an account, or an access token, and no refresh token", () => {
		const document = documentOf({
			AccessToken: [
				entity({ credential_type: "AccessToken", secret: "a", target: "s" }),
			],
			Account: [account()],
		});
		assert.deepEqual(findAccounts(document, CLIENT), []);
	});

	test("have a refresh token of the family, when the client is known to be in it", () => {
		const sections = {
			RefreshToken: [refreshToken({ client_id: "another", family_id: "1" })],
			Account: [account()],
		};
		assert.deepEqual(findAccounts(documentOf(sections), CLIENT), []);
		const known = documentOf({
			...sections,
			AppMetadata: [
				{
					client_id: "client",
					environment: "login.windows.net",
					family_id: "1",
				},
			],
		});
		assert.equal(findAccounts(known, CLIENT).length, 1);
	});
});

describe("The accounts in documents of other libraries", () => {
	const folder = new URL("../../testkit/documents/", import.meta.url);
	test.each(["go", "python", "msal-node"])(
		"of %s are found, by name",
		(library) => {
			const text = readFileSync(new URL(`${library}.document`, folder), "utf8");
			const document = parseDocument(text);
			const written = Object.values(
				JSON.parse(text).RefreshToken as Record<string, Record<string, string>>,
			);
			assert.ok(written.length > 0);
			for (const { client_id, environment, home_account_id } of written) {
				const accounts = findAccounts(document, {
					clientId: client_id ?? "",
					environment: environment ?? "",
				});
				const found = accounts.find(
					({ homeAccountId }) => homeAccountId === home_account_id,
				);
				assert.match(found?.username ?? "", /@/);
			}
		},
	);
});
