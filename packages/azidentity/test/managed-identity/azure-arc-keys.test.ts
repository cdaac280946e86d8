import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inspect } from "node:util";
import { AuthenticationError } from "azidentity";
import { describe, test } from "vitest";
import { arcAgent, challenge, KEY } from "./arc-agent.ts";
import { failureOf, VAULT } from "./azure-host.ts";

const agent = arcAgent();

/** The error of a call that is challenged so. */
async function refused(
	header: string | undefined,
): Promise<AuthenticationError> {
	agent.host.answers(challenge(header));
	const error = await failureOf(agent.credential().getToken(VAULT));
	assert.ok(error instanceof AuthenticationError, error.stack);
	assert.equal(error.errorResponse.error, "invalid_challenge");
	assert.ok(!inspect(error, { depth: 9 }).includes(KEY));
	// The key goes nowhere: there is no second request.
	assert.equal(agent.host.seen.length, 1);
	return error;
}

describe("A challenge that the agent could not have made is refused, and says why", () => {
	const cases: [string, (file: string) => string | undefined, RegExp][] = [
		["no header", () => undefined, /no WWW-Authenticate header/],
		["no realm", () => "Basic", /not Basic realm=FILE/],
		["an empty realm", () => "Basic realm=", /not Basic realm=FILE/],
		["another scheme", (file) => `Bearer realm=${file}`, /not Basic/],
		[
			"a further parameter",
			(file) => `Basic realm="${file}", x=y`,
			/not Basic/,
		],
		["another ending", (file) => `Basic realm=${file}.txt`, /\.key/],
		[
			"another directory",
			(file) =>
				`Basic realm=${path.join(agent.tokens, "..", path.basename(file))}`,
			/not in/,
		],
		[
			"dots in between",
			(file) => `Basic realm=${agent.tokens}/../tokens/${path.basename(file)}`,
			/not in/,
		],
		[
			"a directory below",
			(file) => `Basic realm=${agent.tokens}/below/${path.basename(file)}`,
			/not in/,
		],
		[
			"a doubled slash",
			(file) => `Basic realm=${agent.tokens}//${path.basename(file)}`,
			/not in/,
		],
		[
			"a relative path",
			(file) => `Basic realm=${path.basename(file)}`,
			/not in/,
		],
		[
			"nothing but the ending",
			() => `Basic realm=${agent.tokens}/..key/../.key`,
			/not in/,
		],
		[
			"a file that is not there",
			() => `Basic realm=${agent.tokens}/gone.key`,
			/gone\.key cannot be read \(ENOENT\)/,
		],
	];
	test.each(cases)("%s", async (_, header, reason) => {
		assert.match((await refused(header(agent.keyFile(KEY)))).message, reason);
	});
});

describe("What is no key is not sent", () => {
	test("4,097 bytes", async () => {
		const file = agent.keyFile("k".repeat(4_097));
		const error = await refused(`Basic realm=${file}`);
		assert.match(error.message, /larger than 4096 bytes/);
	});

	test.each([
		["nothing", "", /is empty/],
		["only line breaks", "\r\n", /is empty/],
		["a header of its own", `${KEY}\r\nHost: evil`, /no key holds/],
		["bytes that are no text", Buffer.from([0xff, 0xfe, 0x00]), /no key holds/],
	])("%s", async (_, content, reason) => {
		const error = await refused(`Basic realm=${agent.keyFile(content)}`);
		assert.match(error.message, reason);
	});

	test("what a link leads to", async () => {
		const outside = path.join(agent.home, "outside.key");
		writeFileSync(outside, KEY);
		const link = path.join(agent.tokens, "link.key");
		symlinkSync(outside, link);
		const error = await refused(`Basic realm=${link}`);
		assert.match(error.message, /not a regular file/);
	});

	test("a directory", async () => {
		const directory = path.join(agent.tokens, "directory.key");
		mkdirSync(directory);
		const error = await refused(`Basic realm=${directory}`);
		assert.match(error.message, /not a regular file/);
	});

	test.skipIf(process.platform === "win32")(
		"a pipe, which is not waited for either",
		async () => {
			const pipe = path.join(agent.tokens, "pipe.key");
			execFileSync("mkfifo", [pipe]);
			const error = await refused(`Basic realm=${pipe}`);
			assert.match(error.message, /not a regular file/);
		},
	);
});
