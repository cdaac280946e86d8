import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { job, test } from "./conversation.mjs";

export async function packageItself(azidentity) {
	const require = createRequire(import.meta.url);

	await test("every entry point gives the same things by import and by require", async () => {
		assert.ok(job.entries.length > 1);
		for (const entry of job.entries) {
			const imported = await import(entry);
			const required = require(entry);
			assert.ok(Object.keys(imported).length > 0, entry);
			for (const [name, value] of Object.entries(imported))
				assert.equal(required[name], value, `${name} of ${entry}`);
		}
	});

	await test("what an entry point gives is what the package gives", async () => {
		for (const entry of job.entries) {
			for (const [name, value] of Object.entries(await import(entry)))
				if (name in azidentity) assert.equal(azidentity[name], value, name);
		}
	});
}
