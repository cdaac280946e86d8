import assert from "node:assert/strict";
import {
	deserializeAuthenticationRecord as theirsFromText,
	serializeAuthenticationRecord as theirsToText,
} from "@azure/identity";
import {
	type AuthenticationRecord,
	DeviceCodeCredential,
	deserializeAuthenticationRecord,
	serializeAuthenticationRecord,
} from "azidentity";
import { describe, test } from "vitest";

const RECORD: AuthenticationRecord = {
	authority: "login.windows.net",
	homeAccountId: "uid.utid",
	clientId: "client",
	tenantId: "tenant",
	username: "zoë@contoso.test",
};

describe("A record", () => {
	test("is the same after it was kept as text", () => {
		const text = serializeAuthenticationRecord(RECORD);
		assert.deepEqual(deserializeAuthenticationRecord(text), RECORD);
		assert.equal(JSON.parse(text).version, "1.0");
	});

	test("goes to @azure/identity and comes back", () => {
		const theirs = theirsFromText(serializeAuthenticationRecord(RECORD));
		assert.deepEqual(deserializeAuthenticationRecord(theirsToText(theirs)), {
			...RECORD,
		});
	});

	test.each([
		["Go, a URL", "https://login.microsoftonline.com", "login.windows.net"],
		["Python, a host", "login.microsoftonline.com", "login.windows.net"],
		[
			"early JavaScript, a path",
			"login.windows.net/tenant",
			"login.windows.net",
		],
		[
			"of China",
			"https://login.chinacloudapi.cn/",
			"login.partner.microsoftonline.cn",
		],
		[
			"of a private cloud",
			"https://Login.Contoso.test:8443/",
			"login.contoso.test:8443",
		],
		["of an account that says none", "", ""],
	])("is read in the form of %s", (_, authority, environment) => {
		const text = JSON.stringify({ ...RECORD, authority, version: "1.0" });
		const record = deserializeAuthenticationRecord(text);
		assert.equal(record.authority, environment);
	});

	test("is read without a version, and keeps nothing that it need not", () => {
		const text = JSON.stringify({ ...RECORD, secret: "planted" });
		assert.deepEqual(deserializeAuthenticationRecord(text), RECORD);
	});
});

describe("What is no record is refused, and not shown", () => {
	const refused = (text: unknown, message: RegExp) =>
		assert.throws(
			() => deserializeAuthenticationRecord(text as string),
			(error: Error) => {
				assert.equal(error.name, "TypeError");
				assert.match(error.message, message);
				assert.doesNotMatch(error.message, /uid|zoë|planted/);
				return true;
			},
		);

	test("a text that is not a JSON object", () => {
		for (const text of [
			"planted",
			"",
			'"planted"',
			"[]",
			"null",
			undefined,
			42,
		])
			refused(text, /not a JSON object/);
	});

	test("another version", () => {
		for (const version of ["2.0", "1", 1, null, { planted: true }])
			refused(JSON.stringify({ ...RECORD, version }), /unsupported .* version/);
	});

	test("a member that is missing, empty or no text, by its name", () => {
		for (const name of Object.keys(RECORD))
			for (const value of [undefined, null, 42, { planted: true }])
				refused(
					JSON.stringify({ ...RECORD, [name]: value }),
					new RegExp(`no ${name}`),
				);
		for (const name of ["homeAccountId", "clientId"])
			refused(
				JSON.stringify({ ...RECORD, [name]: " " }),
				new RegExp(`no ${name}`),
			);
	});

	test("what is given to be kept", () => {
		for (const record of [undefined, null, "planted", {}])
			assert.throws(() => serializeAuthenticationRecord(record as never), {
				name: "TypeError",
			});
	});

	test("by the credential, when it is of another client or cloud", () => {
		const clientId = "client";
		const made = (authenticationRecord: unknown, authorityHost?: string) =>
			new DeviceCodeCredential({
				clientId,
				authenticationRecord: authenticationRecord as AuthenticationRecord,
				...(authorityHost !== undefined && { authorityHost }),
			});
		assert.ok(made(RECORD));
		assert.ok(made({ ...RECORD, clientId: "CLIENT" }));
		assert.ok(made({ ...RECORD, authority: "https://login.microsoft.com/x" }));
		for (const [record, message] of [
			[{ ...RECORD, clientId: "another" }, /another client/],
			[
				{ ...RECORD, authority: "login.microsoftonline.us" },
				/another authority/,
			],
			[{ ...RECORD, homeAccountId: "" }, /no homeAccountId/],
			["planted", /not an object/],
		] as const)
			assert.throws(() => made(record), { name: "TypeError", message });
		assert.throws(() => made(RECORD, "https://login.microsoftonline.us"), {
			name: "TypeError",
			message: /another authority/,
		});
	});
});
