import assert from "node:assert/strict";
import { test } from "vitest";
import { PromptQueue } from "../../src/credentials/prompt-queue.ts";

test("a prompt that everybody has left is in the way until it is taken away, and is not joined", async () => {
	const queue = new PromptQueue<string>();
	const leaving = new AbortController();
	let takeAway: (error: Error) => void = () => {};
	const left = queue.join("need", leaving.signal, () => {
		return new Promise((_, reject) => {
			takeAway = reject;
		});
	});
	assert.equal(queue.isBusyFor("need"), false);
	leaving.abort();
	await assert.rejects(left, { name: "AbortError" });
	assert.equal(queue.isBusyFor("need"), true);
	takeAway(new Error("taken away"));
	await queue.wait(undefined);
	assert.equal(queue.isBusyFor("need"), false);
	const next = queue.join("need", undefined, async () => "signed in");
	assert.equal(await next, "signed in");
});
