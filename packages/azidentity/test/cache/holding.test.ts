import assert from "node:assert/strict";
import { hours, manualClock } from "@azidentity/testkit";
import { describe, test } from "vitest";
import type { Owner } from "../../src/cache/owner.ts";
import {
	TokenCache,
	type TokenCacheOptions,
} from "../../src/cache/token-cache.ts";
import type { Account, Held } from "../../src/token.ts";

const ALICE = "alice.home";
const CLIENT = { clientId: "Client", environment: "login.windows.net" };
const account = (homeAccountId: string): Account => ({
	homeAccountId,
	localAccountId: homeAccountId,
	environment: CLIENT.environment,
	realm: "tenant",
	username: `${homeAccountId}@contoso.test`,
});

/** A cache whose source grants to whoever the owner is, and keeps what it was handed. */
function people(options: TokenCacheOptions = {}) {
	const clock = manualClock();
	const cache = new TokenCache({ now: clock.now, ...options });
	const passed: Held[] = [];
	async function ask(
		owner: Partial<Owner> = {},
		cae = false,
		{
			refreshToken,
			scope = "a",
		}: { refreshToken?: string; scope?: string } = {},
	) {
		const whole = {
			...CLIENT,
			tenantId: "tenant",
			homeAccountId: ALICE,
			...owner,
		};
		await cache
			.partition(whole, cae)
			.get(
				{ scopes: scope, written: scope, normalise: () => [scope] },
				async (_, held) => {
					passed.push(held);
					return {
						token: {
							token: "t".repeat(100),
							expiresOnTimestamp: clock.now() + hours(1),
						},
						scope,
						homeAccountId: whole.homeAccountId,
						account: account(whole.homeAccountId),
						...(refreshToken && { refreshToken }),
					};
				},
			);
		return passed.at(-1) ?? assert.fail();
	}
	return { ask, cache };
}

describe("A person's refresh token", () => {
	test("is held for all tenants and both flavours, and for nobody and no client else", async () => {
		const { ask } = people();
		await ask({}, false, { refreshToken: "r" });
		for (const [owner, cae] of [
			[{ tenantId: "other" }, false],
			[{}, true],
			[{ clientId: "CLIENT", environment: "LOGIN.windows.net" }, true],
		] as const)
			assert.equal((await ask(owner, cae, { scope: "b" })).refreshToken, "r");
		for (const owner of [
			{ homeAccountId: "bob.home" },
			{ clientId: "another" },
			{ environment: "login.microsoftonline.us" },
			{ assertionHash: "hash" },
		])
			assert.equal((await ask(owner)).refreshToken, undefined);
	});

	test("stays as long as one of the person's partitions does, and not longer", async () => {
		const { ask } = people({ maxPartitions: 2 });
		await ask({ tenantId: "1" }, false, { refreshToken: "r" });
		await ask({ tenantId: "2" });
		// Each of these pushes the one before the last out.
		assert.equal((await ask({ tenantId: "3" })).refreshToken, "r");
		assert.equal((await ask({ tenantId: "4" })).refreshToken, "r");
		await ask({ homeAccountId: "bob.home" });
		await ask({ homeAccountId: "carol.home" });
		assert.equal((await ask({ tenantId: "4" })).refreshToken, undefined);
	});

	test("is counted once in what the cache may hold, and not at all when it is gone", async () => {
		const long = "r".repeat(2_000);
		const { ask } = people({ maxBytes: 6_000 });
		for (let round = 0; round < 10; round += 1) {
			const homeAccountId = `${round}.home`;
			await ask({ homeAccountId }, false, { refreshToken: long });
			const held = await ask({ homeAccountId, tenantId: "other" });
			assert.equal(held.refreshToken, long);
		}
	});

	test("that is dropped is not held any more; dropping another changes nothing", async () => {
		const { ask } = people();
		const first = await ask({}, false, { refreshToken: "r" });
		await first.drop?.("another");
		const second = await ask({}, true, { scope: "b" });
		assert.equal(second.refreshToken, "r");
		await second.drop?.("r");
		assert.equal(
			(await ask({}, false, { scope: "c" })).refreshToken,
			undefined,
		);
	});
});

describe("The accounts that a cache knows", () => {
	const names = async (cache: TokenCache, client = CLIENT) =>
		(await cache.accounts(client)).map(({ username }) => username);

	test("are those who signed in to the client at the cloud, each once", async () => {
		const { ask, cache } = people();
		await ask({}, false, { refreshToken: "r" });
		await ask({ tenantId: "other" }, true, { refreshToken: "r" });
		await ask({ homeAccountId: "bob.home" }, false, { refreshToken: "b" });
		await ask({ homeAccountId: "x.home", clientId: "another" });
		await ask({ homeAccountId: "y.home", environment: "elsewhere" });
		await ask({ homeAccountId: "z.home", assertionHash: "hash" });
		assert.deepEqual((await names(cache)).sort(), [
			"alice.home@contoso.test",
			"bob.home@contoso.test",
		]);
		const inOtherCase = {
			clientId: "client",
			environment: "Login.Windows.Net",
		};
		assert.equal((await names(cache, inOtherCase)).length, 2);
	});

	test("are nobody in a cache that is new", async () => {
		assert.deepEqual(await names(new TokenCache()), []);
	});
});
