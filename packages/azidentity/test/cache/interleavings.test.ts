import assert from "node:assert/strict";
import { hours, manualClock, minutes } from "@azidentity/testkit";
import fc from "fast-check";
import { test } from "vitest";
import { TokenCache } from "../../src/cache/token-cache.ts";
import type { Grant, TokenRequest } from "../../src/token.ts";
import { settled } from "./scripted-source.ts";

/** What may happen, in any order. Small numbers, so that the same things meet often. */
const happening = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.record({
			what: fc.constant("ask" as const),
			tenant: fc.constantFrom("t1", "t2"),
			cae: fc.boolean(),
			scopes: fc.constantFrom("s1", "s2", "S1", "s2 s1", "s1  S2"),
			claims: fc.option(fc.constantFrom("c1", "c2"), {
				nil: undefined,
				freq: 4,
			}),
			canAbort: fc.boolean(),
		}),
	},
	{
		weight: 4,
		arbitrary: fc.record({
			what: fc.constant("grant" as const),
			which: fc.nat(20),
			lifetime: fc.constantFrom(minutes(4), minutes(20), hours(1), hours(24)),
			due: fc.option(fc.constantFrom(0.1, 0.5)),
		}),
	},
	fc.record({
		what: fc.constant("fail" as const),
		which: fc.nat(20),
		isOutage: fc.boolean(),
		wait: fc.constantFrom(0, minutes(1), hours(1)),
	}),
	fc.record({ what: fc.constant("abort" as const), which: fc.nat(20) }),
	fc.record({
		what: fc.constant("pass" as const),
		time: fc.constantFrom(1, 30_000, minutes(5), minutes(30), hours(3), -1_000),
	}),
	fc.record({ what: fc.constant("settle" as const) }),
);

type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

interface Request {
	readonly need: string;
	readonly request: TokenRequest;
	readonly setOut: number;
	readonly resolve: (grant: Grant) => void;
	readonly reject: (error: Error) => void;
	isOpen: boolean;
}

interface Caller {
	readonly owner: string;
	readonly controller: AbortController | undefined;
	state: "waiting" | "done";
}

const canonical = (scopes: string) =>
	[...new Set(scopes.toLowerCase().split(/ +/))].sort();

/** Plays happenings against a cache and checks, at each step, what must hold in any order of them. */
class World {
	readonly clock = manualClock();
	readonly cache = new TokenCache({ now: this.clock.now });
	readonly requests: Request[] = [];
	readonly callers: Caller[] = [];
	/** When each need was last met, by whom, and until when that spares a request. */
	readonly met = new Map<string, { by: number; from: number; until: number }>();
	/** What must not happen, and did. Nothing is thrown: the cache would take it for a failure of the source. */
	readonly violations: string[] = [];

	play(event: Happening): void | Promise<void> {
		switch (event.what) {
			case "ask":
				return this.ask(event);
			case "grant":
				return this.grant(event.which, event.lifetime, event.due);
			case "fail":
				return this.fail(event);
			case "abort":
				return this.callers[event.which]?.controller?.abort();
			case "pass":
				return this.clock.advance(event.time);
			case "settle":
				return settled();
		}
	}

	ask(event: Extract<Happening, { what: "ask" }>): void {
		const { tenant, cae, scopes, claims } = event;
		const owner = `${tenant} ${cae}`;
		const controller = event.canAbort ? new AbortController() : undefined;
		const caller: Caller = { owner, controller, state: "waiting" };
		this.callers.push(caller);
		this.cache
			.partition({ clientId: "c", environment: "e", tenantId: tenant }, cae)
			.get(
				{
					scopes,
					written: scopes,
					normalise: () => canonical(scopes),
					claims,
					abortSignal: controller?.signal,
				},
				(request) => this.receive(request),
			)
			.then(
				({ token }) => {
					caller.state = "done";
					const theirs = `${owner} ${canonical(scopes).join("+")} `;
					if (!token.startsWith(theirs))
						this.violations.push(`${theirs} was handed the token ${token}`);
				},
				() => {
					caller.state = "done";
				},
			);
	}

	receive(request: TokenRequest): Promise<Grant> {
		const { tenantId, cae, claims } = request;
		const scopes = [...request.scopes].sort().join("+");
		const remembered = `${tenantId} ${cae} ${scopes}`;
		const need = `${remembered} ${claims ?? ""}`;
		const now = this.clock.now();
		if (this.requests.some((other) => other.need === need && other.isOpen))
			this.violations.push(`${need} was asked for while it was under way`);
		const met = this.met.get(remembered);
		if (claims === undefined && met && now < met.until && now > met.from)
			this.violations.push(`${need} was asked for while a fresh one was there`);
		return new Promise((resolve, reject) => {
			const entry: Request = {
				need,
				request,
				setOut: now,
				resolve,
				reject,
				isOpen: true,
			};
			request.abortSignal.addEventListener("abort", () => {
				entry.isOpen = false;
				reject(new Error("stopped"));
			});
			this.requests.push(entry);
		});
	}

	grant(which: number, lifetime: number, due: number | null): void {
		const entry = this.requests[which];
		if (!entry?.isOpen) return;
		entry.isOpen = false;
		const { tenantId, cae, scopes } = entry.request;
		const remembered = `${tenantId} ${cae} ${[...scopes].sort().join("+")}`;
		const expiresOnTimestamp = entry.setOut + lifetime;
		const refreshAfterTimestamp =
			due === null ? undefined : entry.setOut + lifetime * due;
		const margin = Math.min(minutes(5), lifetime / 2);
		const until = refreshAfterTimestamp ?? expiresOnTimestamp - margin;
		const met = { by: which, from: entry.setOut - margin, until };
		// Until what is ready to run has run, the cache may or may not know of the answer.
		const known = this.met.get(remembered);
		this.met.delete(remembered);
		const newest = known === undefined || known.by < which ? met : known;
		void settled().then(() => {
			const later = this.met.get(remembered);
			if (later === undefined || later.by < newest.by)
				this.met.set(remembered, newest);
		});
		entry.resolve({
			token: {
				token: `${remembered} ${which}`,
				expiresOnTimestamp,
				...(refreshAfterTimestamp !== undefined && { refreshAfterTimestamp }),
			},
			scope: scopes.join(" "),
		});
	}

	fail({ which, isOutage, wait }: Extract<Happening, { what: "fail" }>): void {
		const entry = this.requests[which];
		if (!entry?.isOpen) return;
		entry.isOpen = false;
		const notBefore = wait === 0 ? 0 : this.clock.now() + wait;
		entry.reject(Object.assign(new Error("failed"), { isOutage, notBefore }));
	}

	/** Answers every open request, until no caller has made another. */
	async finish(): Promise<void> {
		await settled();
		for (let which = 0; which < this.requests.length; which += 1) {
			this.grant(which, hours(1), null);
			await settled();
		}
	}
}

test("in any order of asks, answers, failures, aborts and clock moves: no owner sees another's token, no caller is left waiting, and no request is made twice", async () => {
	const unhandled: unknown[] = [];
	const note = (reason: unknown) => unhandled.push(reason);
	process.on("unhandledRejection", note);
	try {
		await fc.assert(
			fc.asyncProperty(
				fc.array(happening, { minLength: 5, maxLength: 80, size: "max" }),
				async (events) => {
					const world = new World();
					for (const event of events) await world.play(event);
					await world.finish();
					const waiting = world.callers.filter(
						({ state }) => state === "waiting",
					);
					assert.equal(waiting.length, 0, "a caller is left waiting");
					assert.deepEqual(world.violations, []);
				},
			),
			{ numRuns: 500 },
		);
		assert.deepEqual(unhandled, []);
	} finally {
		process.off("unhandledRejection", note);
	}
});
