import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, test } from "vitest";
import {
	challengedClaims,
	challengedTenant,
	parseChallenges,
} from "../../src/pipeline/challenges.ts";

const CLAIMS =
	'{"access_token":{"nbf":{"essential":true,"value":"1"},"é":"??>>~~"}}';
const base64 = Buffer.from(CLAIMS).toString("base64");
const base64url = Buffer.from(CLAIMS).toString("base64url");

const parsed = (header: string) =>
	parseChallenges(header)?.map(({ scheme, parameters }) => [
		scheme,
		Object.fromEntries(parameters),
	]);

describe("A header with challenges", () => {
	test.each([
		["", []],
		["Negotiate", [["negotiate", {}]]],
		["Negotiate abc+/==", [["negotiate", {}]]],
		[
			'Negotiate abc==, Bearer realm="a, b=c", error=x',
			[
				["negotiate", {}],
				["bearer", { realm: "a, b=c", error: "x" }],
			],
		],
		[
			'BEARER Realm = "say \\"a\\\\b\\"" ,, error="" ,DPoP algs="ES256 RS256"',
			[
				["bearer", { realm: 'say "a\\b"', error: "" }],
				["dpop", { algs: "ES256 RS256" }],
			],
		],
		[
			"Bearer authorization_uri=https://login.microsoftonline.com/t/oauth2/authorize resource_id=https://storage.azure.com",
			[
				[
					"bearer",
					{
						authorization_uri:
							"https://login.microsoftonline.com/t/oauth2/authorize",
						resource_id: "https://storage.azure.com",
					},
				],
			],
		],
	])("is read as RFC 9110 has it: %s", (header, challenges) => {
		assert.deepEqual(parsed(header), challenges);
	});

	test.each([
		'error="x"',
		'Bearer error="x',
		'Bearer error="x\\"',
		"Bearer error=",
		'Bearer error="a"error_description="b"',
		'Bearer error="a", error="b"',
		'Bearer error="a", ERROR="b"',
		"Bearer @",
		'Bearer "a"',
		"=",
		'Bearer error=a"b"',
	])("is not read at all when it is malformed: %s", (header) => {
		// `Bearer error=` is also a scheme with an odd kind of credentials: what matters is that nothing is taken from it.
		const parameters = (parseChallenges(header) ?? []).flatMap((each) => [
			...each.parameters,
		]);
		assert.deepEqual(parameters, []);
	});

	test("is read in time that grows with its length only, and never makes the reader throw", () => {
		fc.assert(
			fc.property(
				fc.array(
					fc.constantFrom(
						"Bearer",
						" ",
						",",
						"=",
						'"',
						"\\",
						"a",
						"==",
						"claims",
						"error",
						"\t",
						"é",
					),
					{ maxLength: 60 },
				),
				(parts) => {
					const header = parts.join("");
					parseChallenges(header);
					challengedClaims(header);
					challengedTenant(header);
				},
			),
			{ numRuns: 5_000 },
		);
		for (const part of ["a ", "a=b ", "a", '"', "\\", "a=", "Bearer a==b "])
			parseChallenges(part.repeat(20_000));
	});
});

describe("The claims that a resource wants", () => {
	test.each([
		["base64", `Bearer error="insufficient_claims", claims="${base64}"`],
		["base64url", `Bearer error="insufficient_claims", claims="${base64url}"`],
		[
			"base64 without padding",
			`Bearer error="insufficient_claims", claims="${base64.replace(/=+$/, "")}"`,
		],
		["any case", `bEARER ERROR="insufficient_claims", Claims="${base64}"`],
		["no quotes", `Bearer error=insufficient_claims, claims=${base64}`],
		[
			"a later challenge",
			`DPoP error="insufficient_claims", claims="e30", Bearer realm="", Bearer error="insufficient_claims", claims="${base64url}"`,
		],
	])("are understood in %s", (_, header) => {
		assert.equal(challengedClaims(header), CLAIMS);
	});

	test.each([
		["another error", `Bearer error="invalid_token", claims="${base64}"`],
		["another scheme", `PoP error="insufficient_claims", claims="${base64}"`],
		["no claims", 'Bearer error="insufficient_claims"'],
		["what is no base64", 'Bearer error="insufficient_claims", claims="{}"'],
		[
			"what is no JSON",
			`Bearer error="insufficient_claims", claims="${btoa("claims")}"`,
		],
		[
			"what is no object",
			`Bearer error="insufficient_claims", claims="${btoa("[1]")}"`,
		],
		["what is no UTF-8", 'Bearer error="insufficient_claims", claims="//79"'],
		[
			"two challenges that make one",
			`Bearer error="insufficient_claims", Bearer claims="${base64}"`,
		],
	])("are not found in %s", (_, header) => {
		assert.equal(challengedClaims(header), undefined);
	});
});

describe("The tenant that a resource names", () => {
	const at = (address: string) =>
		challengedTenant(
			`Bearer authorization_uri="${address}", resource_id="https://x"`,
		);

	test("is the first part of the path at which tokens are to be had", () => {
		assert.equal(
			at("https://login.microsoftonline.com/contoso.com/oauth2/authorize"),
			"contoso.com",
		);
		assert.equal(
			challengedTenant(
				'Bearer authorization="https://login.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47", resource="https://vault.azure.net"',
			),
			"72f988bf-86f1-41af-91ab-2d7cd011db47",
		);
	});

	test("is none when it is nobody's, or cannot be one", () => {
		for (const path of [
			"",
			"/",
			"/common",
			"/Organizations/x",
			"/a%2Fb",
			"/..%2f",
			"/-x",
			"/a b",
		])
			assert.equal(at(`https://login.microsoftonline.com${path}`), undefined);
		assert.equal(at("contoso.com"), undefined);
	});
});
