// biome-ignore-all lint/complexity/noExcessiveLinesPerFunction: a part of the contract is a list of tests, each short
import assert from "node:assert/strict";
import type { TokenCache } from "azidentity";
import { test } from "vitest";
import { VAULT } from "../emulated-entra.ts";
import type { Contract } from "../service-credential-contract.ts";

const nothing = undefined as unknown as string;

const SCOPES: [string, string | string[]][] = [
	["none", nothing],
	["an empty text", ""],
	["a blank text", "  "],
	["an empty list", []],
	["a list of blanks", ["", " "]],
	["a number in the list", [1 as unknown as string]],
	["a line break", `${VAULT}\r\nx: y`],
	["a quote", 'https://vault.azure.net/".default'],
];

const HOSTS = [
	"http://login.microsoftonline.com",
	"login.microsoftonline.com",
	"https://user:hunter3@login.microsoftonline.com",
	"https://login.microsoftonline.com/?x=y",
	"https://login.microsoftonline.com/#x",
	"https://",
];

/** Calls and options that cannot be right: refused with the name of what is wrong, before any request. */
export function callsThatCannotBe({
	entra,
	make,
	name,
	requests,
}: Contract): void {
	const rejects = async (call: Promise<unknown>, what: RegExp) => {
		await assert.rejects(call, (error: Error) => {
			assert.match(error.message, new RegExp(`^${name}: `));
			assert.match(error.message, what);
			return true;
		});
		assert.deepEqual(await requests(), []);
	};

	test.each(SCOPES)("scopes with %s", async (_, scopes) => {
		await rejects(make().getToken(scopes), /scopes/);
	});

	test.each(["../evil?x=", "a b", "..", "a/b"])(
		"tenantId %s",
		async (tenantId) => {
			const credential = make({ additionallyAllowedTenants: ["*"] });
			const refused = credential.getToken(VAULT, { tenantId });
			await assert.rejects(refused, { name: "CredentialUnavailableError" });
			await rejects(refused, /tenantId/);
		},
	);

	test.each(["[1]", "text", '"a"', "{"])("claims %s", async (claims) => {
		await rejects(make().getToken(VAULT, { claims }), /claims/);
	});

	test("a token bound to a key, which needs a broker", async () => {
		const proofOfPossessionOptions = {
			nonce: "n",
			resourceRequestMethod: "GET" as const,
			resourceRequestUrl: "https://example.com",
		};
		await rejects(
			make().getToken(VAULT, { proofOfPossessionOptions }),
			/proofOfPossessionOptions/,
		);
	});

	test.each(HOSTS)("authorityHost %s", (authorityHost) => {
		assert.throws(
			() => make({ ...entra.options, authorityHost }),
			(error: Error) => {
				assert.match(error.message, new RegExp(`^${name}: .*authorityHost`));
				assert.ok(!error.message.includes("hunter3"));
				return true;
			},
		);
	});

	test.each([["*"], ["contoso.com"], [[7]], [{ 0: "contoso.com" }]])(
		"a list of tenants that is none: %j",
		(list) => {
			const additionallyAllowedTenants = list as unknown as string[];
			assert.throws(
				() => make({ additionallyAllowedTenants }),
				new RegExp(
					`^TypeError: ${name}: the option additionallyAllowedTenants is not a list`,
				),
			);
		},
	);

	test("a token cache that is none, and numbers that are none", () => {
		const tokenCache = new Map() as unknown as TokenCache;
		assert.throws(
			() => make({ tokenCache }),
			new RegExp(`${name}.*tokenCache`),
		);
		assert.throws(
			() => make({ retryOptions: { maxRetries: -1 } }),
			new RegExp(`${name}.*maxRetries`),
		);
	});

	test("none of it costs a remembered token anything", async () => {
		const credential = make();
		const first = await credential.getToken(VAULT);
		for (const options of [
			{ tenantId: "a/b" },
			{ tenantId: "elsewhere.test" },
			{ claims: "[" },
		])
			await assert.rejects(credential.getToken(VAULT, options));
		assert.equal((await credential.getToken(VAULT))?.token, first?.token);
	});
}
