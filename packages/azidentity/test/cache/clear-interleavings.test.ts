import assert from "node:assert/strict";
import { hours, manualClock } from "@azidentity/testkit";
import fc from "fast-check";
import { beforeAll, test } from "vitest";
import { memoryPlace } from "../../src/cache/memory-store.ts";
import { TokenCache } from "../../src/cache/token-cache.ts";
import type { TokenFilter } from "../../src/cache/token-filter.ts";
import type { Grant } from "../../src/token.ts";
import { APP, accountOf, PERSON } from "./processes.ts";
import { settled } from "./scripted-source.ts";

beforeAll(() => import("../../src/cache/ask-store-first.ts"));

const OWNERS = { APP, PERSON, GUEST: { ...PERSON, tenantId: "elsewhere" } };
type OwnerName = keyof typeof OWNERS;

const FILTERS: readonly (TokenFilter | undefined)[] = [
	undefined,
	{ account: "uid.utid" },
	{ tenantId: "elsewhere" },
	{ scopes: "s1" },
	{ clientId: "app", scopes: ["s2"] },
];

const happening = fc.oneof(
	{
		weight: 5,
		arbitrary: fc.record({
			what: fc.constant("ask" as const),
			by: fc.nat(1),
			owner: fc.constantFrom<OwnerName>("APP", "PERSON", "GUEST"),
			scope: fc.constantFrom("s1", "s2"),
			cae: fc.boolean(),
			isChallenged: fc.boolean(),
		}),
	},
	{
		weight: 4,
		arbitrary: fc.record({
			what: fc.constant("grant" as const),
			which: fc.nat(10),
		}),
	},
	{
		weight: 2,
		arbitrary: fc.record({
			what: fc.constant("clear" as const),
			by: fc.nat(1),
			filter: fc.constantFrom(...FILTERS),
		}),
	},
	fc.record({ what: fc.constant("settle" as const) }),
	fc.record({ what: fc.constant("turn" as const) }),
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

interface Request {
	/** What its answer is known by. */
	readonly label: string;
	readonly owner: OwnerName;
	readonly scope: string;
	readonly resolve: (grant: Grant) => void;
	/** The refresh token that it was to be got with. */
	readonly with: string | undefined;
	isOpen: boolean;
}

/** Two processes on one store that tells them of each other, and what was cleared there. */
class World {
	readonly place = memoryPlace();
	readonly clock = manualClock();
	readonly caches = [0, 1].map(
		() => new TokenCache({ now: this.clock.now, store: this.place.open() }),
	);
	readonly requests: Request[] = [];
	readonly failures: unknown[] = [];
	/** Requests that set out before something was cleared that they are for. */
	readonly revoked = new Set<string>();
	readonly busy: Promise<unknown>[] = [];

	async play(event: Happening): Promise<void> {
		switch (event.what) {
			case "ask":
				return this.ask(event);
			case "grant":
				return this.grant(event.which);
			case "clear":
				return this.clear(event);
			case "settle":
				return settled();
			case "turn":
				return Promise.resolve();
		}
	}

	ask(event: Extract<Happening, { what: "ask" }>): void {
		const { by, cae, isChallenged, owner, scope } = event;
		const answer = this.caches[by]?.partition(OWNERS[owner], cae).get(
			{
				scopes: scope,
				written: scope,
				normalise: () => [scope],
				claims: isChallenged ? "{}" : undefined,
			},
			(_, held) =>
				new Promise<Grant>((resolve) => {
					const label = `token ${this.requests.length + 1};`;
					const used = held.refreshToken;
					this.requests.push({
						...{ label, owner, scope, resolve, with: used },
						isOpen: true,
					});
				}),
		);
		this.busy.push(
			Promise.resolve(answer).catch((error) => this.failures.push(error)),
		);
	}

	grant(which: number): void {
		const request = this.requests[which];
		if (!request?.isOpen) return;
		request.isOpen = false;
		const { label, owner, resolve, scope } = request;
		const account = accountOf(OWNERS[owner]);
		resolve({
			token: { token: label, expiresOnTimestamp: this.clock.now() + hours(1) },
			scope,
			...(account && {
				account,
				homeAccountId: account.homeAccountId,
				refreshToken: `refresh ${label}`,
			}),
		});
	}

	clear({ by, filter }: Extract<Happening, { what: "clear" }>): void {
		for (const { label, owner, scope } of this.requests)
			if (isMeant(filter, owner, scope)) this.revoked.add(label);
		const clearing = this.caches[by]?.clear(filter);
		this.busy.push(
			Promise.resolve(clearing).catch((error) => this.failures.push(error)),
		);
	}

	/** Answers all that is open until nobody waits. */
	async finish(): Promise<void> {
		await settled();
		for (let which = 0; which < this.requests.length; which += 1) {
			this.grant(which);
			await settled();
		}
		await Promise.all(this.busy);
	}

	/** All access tokens that somebody could still be handed, or that lie in the store. */
	async remaining(): Promise<string> {
		let texts = "";
		const handle = this.place.open();
		for await (const name of handle.names?.() ?? [])
			texts += await handle.read(name);
		for (const cache of this.caches)
			for (const cae of [false, true])
				for (const owner of Object.values(OWNERS))
					for (const entry of cache.partition(owner, cae).entries())
						texts += entry.token.token;
		return texts;
	}
}

function isMeant(
	filter: TokenFilter | undefined,
	owner: OwnerName,
	scope: string,
): boolean {
	const { account, scopes, tenantId } = filter ?? {};
	return (
		(account === undefined || owner !== "APP") &&
		(tenantId === undefined || owner === "GUEST") &&
		(scopes === undefined || [scopes].flat().includes(scope))
	);
}

test("in any order of asks, answers and clearings in two processes: what was asked for before it was cleared is neither in a memory nor in the store", async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(happening, { minLength: 5, maxLength: 40, size: "max" }),
			async (events) => {
				const world = new World();
				for (const event of events) await world.play(event);
				await world.finish();
				assert.deepEqual(world.failures, []);
				const remaining = await world.remaining();
				for (const label of world.revoked)
					assert.ok(
						!remaining.includes(`"${label}`) &&
							!remaining.includes(`;${label}`),
						`${label} is there again: ${remaining}`,
					);
			},
		),
		{ numRuns: 300 },
	);
});
