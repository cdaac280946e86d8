import assert from "node:assert/strict";
import { manualClock } from "@azidentity/testkit";
import { TokenCache, withTokenCache } from "azidentity";
import { describe, test } from "vitest";
import { memoryStore } from "../../src/cache/memory-store.ts";
import { stranger } from "../chains/strangers.ts";
import { VAULT } from "../credentials/emulated-entra.ts";
import {
	type ForeignCredential,
	foreignCredential,
	granted,
} from "./foreign-credential.ts";

describe("A shared memory in front of credentials", () => {
	test("gives the token of one identity to all that stand for it, and to nobody else", async () => {
		const clock = manualClock();
		const tokenCache = new TokenCache({ now: clock.now });
		const of = (foreign: ForeignCredential, owner: string) =>
			withTokenCache(foreign, { tokenCache, owner, now: clock.now });
		const foreign = foreignCredential(clock.now);
		const owners = [
			"bob",
			"Bob",
			"BOB",
			"b",
			"^bob",
			"%62ob",
			"bob ",
			"böb",
			"BÖB",
			"bob-1",
			'"bob"',
		];
		const tokens = [];
		for (const owner of owners)
			tokens.push(await granted({ credential: of(foreign, owner), foreign }));
		assert.equal(new Set(tokens).size, owners.length);
		const other = foreignCredential(clock.now);
		for (const [index, owner] of owners.entries())
			assert.equal(
				(await of(other, owner).getToken(VAULT)).token,
				tokens[index],
			);
		assert.equal(other.calls.length, 0);
	});

	test("outlives the process in a store, for the owner alone", async () => {
		const clock = manualClock();
		const store = memoryStore();
		const run = (owner: string, answer: string) => {
			const foreign = stranger(answer);
			const tokenCache = new TokenCache({ now: clock.now, store });
			const options = { tokenCache, owner, now: clock.now };
			return { foreign, credential: withTokenCache(foreign, options) };
		};
		for (const options of [{}, { enableCae: true }, { tenantId: "contoso" }]) {
			const token = `Alice ${JSON.stringify(options)}`;
			const first = run("Alice", token);
			await first.credential.getToken(VAULT, options);
			const second = run("Alice", "another");
			assert.equal(
				(await second.credential.getToken(VAULT, options)).token,
				token,
			);
			assert.equal(second.foreign.asked.length, 0);
			const other = run("alice", "alice");
			assert.equal(
				(await other.credential.getToken(VAULT, options)).token,
				"alice",
			);
		}
	});

	test.each([
		[
			"a cache without an owner",
			{ tokenCache: new TokenCache() },
			/option owner/,
		],
		[
			"an empty owner",
			{ tokenCache: new TokenCache(), owner: " " },
			/option owner/,
		],
		["an owner that is no text", { owner: 7 }, /option owner/],
		["an owner with half a character", { owner: "\ud800" }, /option owner/],
		[
			"somebody else's cache",
			{ tokenCache: {}, owner: "a" },
			/option tokenCache/,
		],
	])("is refused for %s", (_, options, message) => {
		assert.throws(
			() => withTokenCache(foreignCredential(Date.now), options as object),
			(error) => error instanceof TypeError && message.test(error.message),
		);
	});

	test("is refused to what is no credential", () => {
		for (const nobody of [undefined, null, {}, "token", { getToken: "token" }])
			assert.throws(
				() => withTokenCache(nobody as never),
				/argument credential is not/,
			);
	});
});
