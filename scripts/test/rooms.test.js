import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { findings as rooms } from "../checks/rooms.js";

describe("rooms", () => {
	const MANIFESTS = [
		{
			path: "package.json",
			text: '{"devDependencies":{"vitest":"*"}}',
		},
		{
			path: "packages/azidentity/package.json",
			text: '{"name":"azidentity","exports":{".":{}},"dependencies":{"@azure/core-auth":"*"},"devDependencies":{"fast-check":"*"}}',
		},
		{
			path: "packages/emulator/package.json",
			text: '{"name":"@azidentity/emulator","exports":{".":{}},"dependencies":{"azidentity":"*","oidc-provider":"*"}}',
		},
	];
	const SRC = "packages/azidentity/src";

	function found(file, text) {
		return rooms([...MANIFESTS, { path: file, text }]);
	}

	test.each([
		["the cache knows no protocol", "cache/a.ts", 'import "../entra/b.ts";'],
		[
			"entra knows no cache",
			"entra/a.ts",
			'import { b } from "../cache/b.ts";',
		],
		[
			"foundation imports no other room",
			"foundation/a.ts",
			'export { b } from "../platform/b.ts";',
		],
		[
			"errors count with foundation",
			"errors.ts",
			'import { b } from "./platform/b.ts";',
		],
		[
			"stores name the cache for its types only",
			"stores/redis/a.ts",
			'import { TokenCache } from "../../cache/token-cache.ts";',
		],
		[
			"stores never name each other",
			"stores/redis/a.ts",
			'import { lock } from "../persistent/file-lock.ts";',
		],
		[
			"tools never name each other",
			"tools/az.ts",
			'import { a } from "./azd.ts";',
		],
		[
			"a plain credential names no other credential",
			"credentials/a-credential.ts",
			'import { B } from "./b-credential.ts";',
		],
		[
			"stores are loaded late",
			"credentials/cache-options.ts",
			'import { s } from "../stores/redis/redis-store.ts";',
		],
		[
			"stores are loaded from cache-options only",
			"credentials/token-getter.ts",
			'await import("../stores/redis/redis-store.ts");',
		],
		["a room without a name is none", "things/a.ts", 'import "../errors.ts";'],
		[
			"core-auth is named for its types",
			"token.ts",
			'import { isTokenCredential } from "@azure/core-auth";',
		],
		[
			"what is shipped imports dependencies only",
			"cache/a.ts",
			'import fc from "fast-check";',
		],
		[
			"no path into another package",
			"cache/a.ts",
			'import "../../../emulator/src/a.ts";',
		],
		[
			"no deep import",
			"cache/a.ts",
			'import "@azidentity/emulator/dist/a.js";',
		],
		["built-in modules say so", "platform/a.ts", 'import fs from "fs";'],
	])("%s", (_rule, file, text) => {
		assert.equal(found(`${SRC}/${file}`, text).length, 1);
	});

	test("the emulator's dialect knows no HTTP, no edge and no engine", () => {
		for (const specifier of [
			"node:http",
			"../edge/edge.ts",
			"../engine/engine.ts",
			"oidc-provider",
		])
			assert.equal(
				found(
					"packages/emulator/src/dialect/scope.ts",
					`import a from "${specifier}";`,
				).length,
				1,
			);
	});

	test("what the table allows is allowed", () => {
		for (const [file, text] of [
			["credentials/a-credential.ts", 'import { a } from "./token-getter.ts";'],
			["credentials/a-credential.ts", 'import { a } from "../entra/a.ts";'],
			[
				"credentials/chained-token-credential.ts",
				'import { B } from "./b-credential.ts";',
			],
			[
				"credentials/cache-options.ts",
				'await import("../stores/redis/redis-store.ts");',
			],
			[
				"stores/redis/a.ts",
				'import type { TokenStore } from "../../cache/token-store.ts";',
			],
			[
				"cache/a.ts",
				'import { b } from "./b.ts"; import { t } from "../token.ts";',
			],
			["index.ts", 'export { B } from "./credentials/b-credential.ts";'],
			["token.ts", 'import type { AccessToken } from "@azure/core-auth";'],
			["platform/a.ts", 'import fs from "node:fs/promises";'],
		])
			assert.deepEqual(found(`${SRC}/${file}`, text), []);
	});
});
