import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { redirectAddress } from "../../src/foundation/redirect-address.ts";

describe("a redirect URI of this machine", () => {
	const RIGHT: [string, number | undefined, string][] = [
		["http://localhost", undefined, ""],
		["http://localhost/", undefined, "/"],
		["HTTP://LocalHost:8400", 8400, ""],
		["http://localhost:80", 80, ""],
		["http://localhost:65535/Sign/In", 65535, "/Sign/In"],
	];
	for (const [uri, port, path] of RIGHT)
		test(uri, () => {
			assert.deepEqual(redirectAddress("C", uri), { port, path });
		});

	for (const uri of [
		"",
		"localhost:8400",
		"https://localhost:8400",
		"http://127.0.0.1:8400",
		"http://[::1]:8400",
		"http://localhost.evil.example",
		"http://evil.example/?http://localhost",
		"http://user@localhost",
		"http://localhost:0",
		"http://localhost:65536",
		"http://localhost:",
		"http://localhost/a?b",
		"http://localhost/a#b",
		"http://localhost/a b",
		"http://localhost\n",
		" http://localhost",
		42,
		null,
		{},
	])
		test(`${JSON.stringify(uri)} is none, and the error shows how one looks`, () => {
			assert.throws(
				() => redirectAddress("TestCredential", uri),
				(error: Error) =>
					error instanceof TypeError &&
					/^TestCredential: the option redirectUri .*"http:\/\/localhost:8400"/.test(
						error.message,
					),
			);
		});
});
