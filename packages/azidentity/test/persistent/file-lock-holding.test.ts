import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import path from "node:path";
import { test } from "vitest";
import { fileLock } from "../../src/stores/persistent/file-lock.ts";
import { scratchDirectory } from "./lock-programs.ts";

test("one holder's time with a lock is told from the next one's", async () => {
	const directory = scratchDirectory();
	try {
		const lock = fileLock(path.join(directory, "msal.cache.lockfile"));
		const holding = () => lock.holding?.();
		assert.equal(holding(), undefined);
		const first = await lock.acquire(0);
		const firstTime = holding();
		assert.notEqual(firstTime, undefined);
		assert.equal(await lock.acquire(0), undefined);
		assert.equal(holding(), firstTime);
		await first?.release();
		assert.equal(holding(), undefined);
		const second = await lock.acquire(0);
		assert.notEqual(holding(), undefined);
		assert.notEqual(holding(), firstTime);
		await second?.release();
	} finally {
		rmSync(directory, { recursive: true, force: true });
	}
});
