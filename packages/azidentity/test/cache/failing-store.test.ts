import assert from "node:assert/strict";
import { hours, manualClock } from "@azidentity/testkit";
import { AzureLogger, setLogLevel } from "@azure/logger";
import { afterEach, beforeEach, describe, test } from "vitest";
import { memoryStore } from "../../src/cache/memory-store.ts";
import { TokenCache } from "../../src/cache/token-cache.ts";
import type { TokenStore } from "../../src/cache/token-store.ts";
import { flushLog } from "../../src/foundation/log.ts";

const OWNER = {
	clientId: "app",
	environment: "login.windows.net",
	tenantId: "tenant",
};

let lines: string[];
let writeLog: typeof AzureLogger.log;
beforeEach(() => {
	lines = [];
	writeLog = AzureLogger.log;
	AzureLogger.log = (...args) => lines.push(args.join(" "));
	setLogLevel("warning");
});
afterEach(() => {
	AzureLogger.log = writeLog;
	setLogLevel(undefined);
});

async function warnings(): Promise<string[]> {
	await flushLog();
	return lines;
}

type Step = "read" | "update" | "lease";

/** A cache on a store that fails at some steps, and the caller's view of it. */
function setUp() {
	const clock = manualClock();
	const failing = new Set<Step>();
	const store = memoryStore();
	const mayFail = (step: Step) => {
		if (failing.has(step)) throw new Error(`no ${step}`);
	};
	const mended: TokenStore = {
		async read(name) {
			mayFail("read");
			return store.read(name);
		},
		async update(name, edit) {
			mayFail("update");
			return store.update(name, edit);
		},
		async lease(task, patience) {
			mayFail("lease");
			return store.lease?.(task, patience);
		},
	};
	let requests = 0;
	const newCaller = (on: TokenStore) => {
		const cache = new TokenCache({ now: clock.now, store: on });
		return async (scope: string) => {
			const written = { scopes: scope, written: scope };
			const ask = { ...written, normalise: () => [scope] };
			const { token } = await cache
				.partition(OWNER, false)
				.get(ask, async () => {
					requests += 1;
					const expiresOnTimestamp = clock.now() + hours(1);
					const token = `${scope} ${requests}`;
					return { token: { token, expiresOnTimestamp }, scope };
				});
			return token;
		};
	};
	return {
		failing,
		get: newCaller(mended),
		/** As another process would find it. */
		find: (scope: string) => newCaller(store)(scope),
	};
}

describe("a store that fails", () => {
	test.each<readonly Step[][]>([
		[["read"]],
		[["update"]],
		[["lease"]],
		[["lease", "update"]],
		[["read", "lease", "update"]],
	])(
		"at %s costs nobody a token, and is told once however many are asked for",
		async (steps) => {
			const { failing, get } = setUp();
			for (const step of steps) failing.add(step);
			for (const scope of ["one", "two", "three"])
				assert.match(await get(scope), new RegExp(scope));
			assert.equal((await warnings()).length, 1, lines.join("\n"));
		},
	);

	test("is told again when it had worked in between", async () => {
		const { failing, get } = setUp();
		failing.add("update");
		await get("one");
		failing.clear();
		await get("two");
		failing.add("update");
		await get("three");
		assert.equal((await warnings()).length, 2);
	});

	test("has the tokens that it would not take with the next write that it takes", async () => {
		const { failing, get, find } = setUp();
		failing.add("update");
		const [one, two] = [await get("one"), await get("two")];
		failing.clear();
		const three = await get("three");
		assert.equal(await find("one"), one);
		assert.equal(await find("two"), two);
		assert.equal(await find("three"), three);
	});
});
