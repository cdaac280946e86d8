// biome-ignore-all lint/style/noExcessiveLinesPerFile: the thirteen rules of the mechanism are read one after the other
import assert from "node:assert/strict";
import { hours, manualClock, minutes, seconds } from "@azidentity/testkit";
import { beforeAll, describe, test, vi } from "vitest";
import { memoryStore } from "../../src/cache/memory-store.ts";
import type { Ask } from "../../src/cache/need.ts";
import type { Owner } from "../../src/cache/owner.ts";
import { TokenCache } from "../../src/cache/token-cache.ts";
import type { TokenStore } from "../../src/cache/token-store.ts";
import { normaliseScopes } from "../../src/foundation/scopes.ts";
import { withTokenCache } from "../../src/pipeline/with-token-cache.ts";
import type { SourceFailure, TokenSource } from "../../src/token.ts";
import { scriptedSource, settled } from "./scripted-source.ts";

const VAULT = "https://vault.azure.net/.default";
const STORAGE = "https://storage.azure.com/.default";
const OWNER: Owner = {
	clientId: "client",
	environment: "login.windows.net",
	tenantId: "tenant",
};

const requestFor = (scopes: string | string[]) => ({
	scopes: [scopes].flat(),
	tenantId: "tenant",
	cae: false,
	abortSignal: new AbortController().signal,
});

function failure(fields: SourceFailure = {}): Error {
	return Object.assign(new Error("the source failed"), fields);
}

/** A cache on a manual clock, a source the test answers for, and somebody who asks. */
function setUp(options: { store?: TokenStore; steady?: () => number } = {}) {
	const clock = manualClock();
	const entra = scriptedSource(clock.now);
	const cache = new TokenCache({ now: clock.now, ...options });
	function ask(
		scopes: string | string[] = VAULT,
		more: Partial<Ask> & {
			owner?: Partial<Owner>;
			cae?: boolean;
			source?: TokenSource;
		} = {},
	) {
		const { owner, cae = false, source = entra.source, ...rest } = more;
		const partition = cache.partition({ ...OWNER, ...owner }, cae);
		const written = Array.isArray(scopes) ? scopes.join(" ") : scopes;
		const normalise = (text: string | string[]) =>
			normaliseScopes("Test", text);
		return partition
			.get({ scopes, written, normalise, ...rest }, source)
			.then((token) => token.token);
	}
	/** Asks, and has the source grant a token of one hour. */
	async function signIn(
		lifetime = hours(1),
		extra: Parameters<typeof entra.last.grant>[1] = {},
		scopes: string | string[] = VAULT,
	) {
		const answer = ask(scopes);
		await settled();
		entra.last.grant(lifetime, extra);
		return answer;
	}
	return { clock, entra, cache, ask, signIn };
}

beforeAll(() => import("../../src/cache/ask-store-first.ts"));

describe("1. A token that is fresh is handed out without asking anyone", () => {
	test("the second call gets the first call's token, and no second request is made", async () => {
		const { ask, signIn, entra } = setUp();
		const first = await signIn();
		assert.equal(await ask(), first);
		assert.equal(entra.requests.length, 1);
	});

	test("the same scopes in another order, case or notation are the same need", async () => {
		const { ask, signIn, entra } = setUp();
		const first = await signIn(hours(1), {}, ["api://a/Read", "api://a/Write"]);
		for (const spelling of [
			["api://a/Write", "api://a/Read"],
			"api://a/Read api://a/Write",
			" API://a/READ  api://a/Write ",
		])
			assert.equal(await ask(spelling), first);
		assert.equal(entra.requests.length, 1);
	});

	test("any number of spellings finds the token, learned or not", async () => {
		const { ask, signIn, entra } = setUp();
		const first = await signIn();
		for (let blanks = 1; blanks < 40; blanks += 1)
			assert.equal(await ask(`${" ".repeat(blanks)}${VAULT}`), first);
		assert.equal(entra.requests.length, 1);
	});
});

describe("2. A token that is due is handed out at once, and replaced behind the caller's back", () => {
	test("the caller who finds it due has the old token, the next one the new", async () => {
		const { ask, signIn, entra, clock } = setUp();
		const first = await signIn(hours(2), { refreshIn: hours(1) });
		clock.advance(hours(1));
		assert.equal(await ask(), first);
		assert.equal(entra.requests.length, 2);
		assert.equal(await ask(), first);
		const second = entra.last.grant(hours(2));
		await settled();
		assert.equal(await ask(), second);
		assert.equal(entra.requests.length, 2);
	});

	test("a caller who aborts does not stop the refresh that it set off", async () => {
		const { ask, signIn, entra, clock } = setUp();
		await signIn(hours(2), { refreshIn: hours(1) });
		clock.advance(hours(1));
		const leaving = new AbortController();
		await ask(VAULT, { abortSignal: leaving.signal });
		leaving.abort();
		assert.equal(entra.last.request.abortSignal.aborted, false);
		const second = entra.last.grant(hours(2));
		await settled();
		assert.equal(await ask(), second);
	});
});

describe("3. A token within the margin of expiry is never handed out while the source can give a better one", () => {
	test("five minutes before expiry callers wait for the new token", async () => {
		const { ask, signIn, entra, clock } = setUp();
		const first = await signIn(hours(1));
		clock.advance(minutes(55) - 1);
		assert.equal(await ask(), first);
		clock.advance(1);
		const waiting = ask();
		const second = entra.last.grant(hours(1));
		assert.equal(await waiting, second);
	});

	test("a token that lives ten minutes or less is used for half its life", async () => {
		const { ask, signIn, entra, clock } = setUp();
		const first = await signIn(minutes(10));
		clock.advance(minutes(5) - 1);
		assert.equal(await ask(), first);
		clock.advance(1);
		void ask();
		assert.equal(entra.requests.length, 2);
	});

	test("a clock that is turned back by more than the margin makes no old token look fresh", async () => {
		const { ask, signIn, entra, clock } = setUp();
		const first = await signIn(hours(1));
		clock.advance(-minutes(5) + 1);
		assert.equal(await ask(), first);
		clock.advance(-1);
		void ask();
		assert.equal(entra.requests.length, 2);
	});

	test("a clock that is turned back by less than has passed makes no old token look fresh either", async () => {
		const steady = manualClock(0);
		const { ask, signIn, entra, clock } = setUp({ steady: steady.now });
		const first = await signIn(hours(1));
		clock.advance(minutes(50));
		steady.advance(minutes(50));
		clock.advance(-minutes(40));
		assert.equal(await ask(), first);
		clock.advance(minutes(5));
		steady.advance(minutes(5));
		void ask();
		assert.equal(entra.requests.length, 2);
	});

	test("by the system's own clocks, however the cache was given the time", async () => {
		vi.useFakeTimers({ toFake: ["Date", "performance"] });
		try {
			const entra = scriptedSource(Date.now);
			const credential = withTokenCache(
				{
					getToken: async (scopes) =>
						(await entra.source(requestFor(scopes), {})).token,
				},
				{},
			);
			const first = credential.getToken(VAULT);
			await settled();
			entra.last.grant(hours(1));
			await first;
			vi.advanceTimersByTime(minutes(56));
			vi.setSystemTime(Date.now() - minutes(40));
			void credential.getToken(VAULT);
			await settled();
			assert.equal(entra.requests.length, 2);
		} finally {
			vi.useRealTimers();
		}
	});

	test("a machine that slept, whose steady clock stood still, hands out nothing that ended meanwhile", async () => {
		const steady = manualClock(0);
		const { ask, signIn, entra, clock } = setUp({ steady: steady.now });
		await signIn(hours(1));
		clock.advance(minutes(55));
		void ask();
		assert.equal(entra.requests.length, 2);
	});
});

describe("4. Callers who ask for the same thing while it is being fetched get the same answer from one request", () => {
	test("100 callers at once make one request", async () => {
		const { ask, entra } = setUp();
		const callers = Array.from({ length: 100 }, () => ask());
		await settled();
		assert.equal(entra.requests.length, 1);
		const token = entra.last.grant(hours(1));
		assert.deepEqual(new Set(await Promise.all(callers)), new Set([token]));
	});

	test("callers who ask for different things never wait for each other", async () => {
		const { ask, entra } = setUp();
		const slow = ask(VAULT);
		const quick = ask(STORAGE);
		assert.equal(entra.requests.length, 2);
		const token = entra.last.grant(hours(1));
		assert.equal(await quick, token);
		const other = entra.requests[0]?.grant(hours(1));
		assert.equal(await slow, other);
	});

	test("a failure reaches everybody who waited for it", async () => {
		const { ask, entra } = setUp();
		const error = failure();
		const callers = [ask(), ask(), ask()];
		entra.last.fail(error);
		for (const caller of callers)
			await assert.rejects(caller, (reason) => reason === error);
		assert.equal(entra.requests.length, 1);
	});
});

describe("5. A caller who aborts leaves alone; the request stops when the last one has left", () => {
	test("those who stay get the token", async () => {
		const { ask, entra } = setUp();
		const leaving = new AbortController();
		const left = ask(VAULT, { abortSignal: leaving.signal });
		const stayed = ask();
		leaving.abort();
		await assert.rejects(left, { name: "AbortError" });
		assert.equal(entra.last.request.abortSignal.aborted, false);
		const token = entra.last.grant(hours(1));
		assert.equal(await stayed, token);
	});

	test("when all have left the request is stopped, and the next caller makes another", async () => {
		const { ask, entra } = setUp();
		const leaving = [new AbortController(), new AbortController()];
		const left = leaving.map(({ signal }) =>
			ask(VAULT, { abortSignal: signal }),
		);
		for (const controller of leaving) controller.abort();
		for (const caller of left)
			await assert.rejects(caller, { name: "AbortError" });
		assert.equal(entra.last.request.abortSignal.aborted, true);
		const next = ask();
		assert.equal(entra.requests.length, 2);
		const token = entra.last.grant(hours(1));
		assert.equal(await next, token);
	});

	test("nobody joins a request that is being stopped, however slowly it stops", async () => {
		const { ask, entra } = setUp();
		const leaving = new AbortController();
		const left = ask(VAULT, { abortSignal: leaving.signal });
		leaving.abort();
		const next = ask();
		assert.equal(entra.requests.length, 2);
		const token = entra.last.grant(hours(1));
		assert.equal(await next, token);
		await assert.rejects(left, { name: "AbortError" });
	});

	test("leaving is no failure: the next caller near expiry asks for a better token at once", async () => {
		const { ask, signIn, entra, clock } = setUp();
		await signIn();
		clock.advance(minutes(56));
		const leaving = new AbortController();
		const left = ask(VAULT, { abortSignal: leaving.signal });
		leaving.abort();
		await assert.rejects(left, { name: "AbortError" });
		await settled();
		const next = ask();
		const token = entra.last.grant(hours(1));
		assert.equal(await next, token);
	});

	test("an abort after the answer changes nothing", async () => {
		const { ask, entra } = setUp();
		const late = new AbortController();
		const answer = ask(VAULT, { abortSignal: late.signal });
		const token = entra.last.grant(hours(1));
		assert.equal(await answer, token);
		late.abort();
		assert.equal(await ask(), token);
		assert.equal(entra.requests.length, 1);
	});
});

describe("6. A failure is never remembered; the next caller tries again", () => {
	test("the call after a failure makes a request of its own", async () => {
		const { ask, entra } = setUp();
		const failed = ask();
		entra.last.fail(failure());
		await assert.rejects(failed);
		const next = ask();
		const token = entra.last.grant(hours(1));
		assert.equal(await next, token);
		assert.equal(entra.requests.length, 2);
	});

	test('until the service\'s "not before" its own error is the answer, with no request', async () => {
		const { ask, entra, clock } = setUp();
		const error = failure({ notBefore: clock.now() + minutes(2) });
		const failed = ask();
		entra.last.fail(error);
		await assert.rejects(failed, (reason) => reason === error);
		clock.advance(minutes(2) - 1);
		await assert.rejects(ask(), (reason) => reason === error);
		assert.equal(entra.requests.length, 1);
		clock.advance(1);
		void ask();
		assert.equal(entra.requests.length, 2);
	});

	test('a clock that is turned back does not make a short "not before" a long one', async () => {
		const { ask, entra, clock } = setUp();
		const failed = ask();
		entra.last.fail(failure({ notBefore: clock.now() + minutes(2) }));
		await assert.rejects(failed);
		clock.advance(-hours(1));
		void ask();
		assert.equal(entra.requests.length, 2);
	});

	test("a source that throws before it returns a promise fails like any other", async () => {
		const { ask } = setUp();
		const error = failure();
		const source = () => {
			throw error;
		};
		await assert.rejects(ask(VAULT, { source }), (reason) => reason === error);
	});
});

describe("7. An answer that set out earlier never replaces one that set out later", () => {
	test("a slow refresh does not undo what a claims challenge brought", async () => {
		const { ask, signIn, entra, clock } = setUp();
		await signIn(hours(2), { refreshIn: hours(1) });
		clock.advance(hours(1));
		await ask();
		const slow = entra.last;
		const challenged = ask(VAULT, { claims: '{"access_token":{}}' });
		const newest = entra.last.grant(hours(1));
		assert.equal(await challenged, newest);
		slow.grant(hours(2));
		await settled();
		assert.equal(await ask(), newest);
	});

	test("an earlier answer's refresh token does not replace a later one's", async () => {
		const { ask, entra } = setUp();
		const early = ask();
		const slow = entra.last;
		const challenged = ask(VAULT, { claims: '{"access_token":{}}' });
		entra.last.grant(hours(1), { refreshToken: "later" });
		await challenged;
		slow.grant(hours(2), { refreshToken: "earlier" });
		await early;
		void ask(STORAGE);
		assert.deepEqual(entra.last.held, { refreshToken: "later" });
	});

	test("who waited for the earlier answer is handed the newer one", async () => {
		const { ask, entra } = setUp();
		const early = ask();
		const slow = entra.last;
		const challenged = ask(VAULT, { claims: '{"access_token":{}}' });
		const newest = entra.last.grant(hours(1));
		await challenged;
		slow.grant(hours(2));
		assert.equal(await early, newest);
	});

	test("in the document the newer answer stays as well", async () => {
		const store = memoryStore();
		const { ask, entra, clock, cache } = setUp({ store });
		const early = ask();
		await settled();
		const slow = entra.last;
		clock.advance(seconds(2));
		const challenged = ask(VAULT, { claims: '{"access_token":{}}' });
		await settled();
		const newest = entra.last.grant(hours(1));
		await challenged;
		slow.grant(hours(2));
		await early;
		assert.ok(cache);
		const reader = new TokenCache({ now: clock.now, store });
		const found = await reader.partition(OWNER, false).get(
			{
				scopes: VAULT,
				written: VAULT,
				normalise: (text) => normaliseScopes("Test", text),
			},
			() => Promise.reject(failure()),
		);
		assert.equal(found.token, newest);
	});
});

describe("8. A failed background refresh is silent, keeps the token, and waits before trying again", () => {
	test("nobody hears of it, and the next try comes 30 seconds later", async () => {
		const { ask, signIn, entra, clock } = setUp();
		const first = await signIn(hours(2), { refreshIn: hours(1) });
		clock.advance(hours(1));
		await ask();
		entra.last.fail(failure());
		await settled();
		clock.advance(seconds(30) - 1);
		assert.equal(await ask(), first);
		assert.equal(entra.requests.length, 2);
		clock.advance(1);
		assert.equal(await ask(), first);
		assert.equal(entra.requests.length, 3);
	});

	test('the service\'s "not before" makes the wait longer', async () => {
		const { ask, signIn, entra, clock } = setUp();
		await signIn(hours(2), { refreshIn: hours(1) });
		clock.advance(hours(1));
		await ask();
		entra.last.fail(failure({ notBefore: clock.now() + minutes(3) }));
		await settled();
		clock.advance(minutes(3) - 1);
		await ask();
		assert.equal(entra.requests.length, 2);
		clock.advance(1);
		await ask();
		assert.equal(entra.requests.length, 3);
	});
});

describe("9. A claims challenge never gets a remembered token, and its answer replaces what was remembered", () => {
	test("the fresh token is passed over once, and the answer is handed out from then on", async () => {
		const { ask, signIn, entra } = setUp();
		const first = await signIn();
		const claims = '{"access_token":{"nbf":{"essential":true}}}';
		const challenged = ask(VAULT, { claims });
		assert.equal(entra.last.request.claims, claims);
		const second = entra.last.grant(hours(1));
		assert.equal(await challenged, second);
		assert.equal(await ask(), second);
		assert.notEqual(first, second);
		assert.equal(entra.requests.length, 2);
	});

	test("callers with the same challenge share a request, those with another do not", async () => {
		const { ask, entra } = setUp();
		void ask(VAULT, { claims: '{"a":1}' });
		void ask(VAULT, { claims: '{"a":1}' });
		void ask(VAULT, { claims: '{"a":2}' });
		assert.equal(entra.requests.length, 2);
	});

	test("a challenge that cannot be answered is not answered with the old token", async () => {
		const { ask, signIn, entra } = setUp();
		const first = await signIn();
		const challenged = ask(VAULT, { claims: '{"a":1}' });
		entra.last.fail(failure({ isOutage: true }));
		await assert.rejects(challenged);
		assert.equal(await ask(), first);
	});
});

describe("10. What belongs to one owner is never given to another", () => {
	const others: [string, { owner?: Partial<Owner>; cae?: boolean }][] = [
		["client", { owner: { clientId: "client 2" } }],
		["environment", { owner: { environment: "login.example" } }],
		["tenant", { owner: { tenantId: "tenant 2" } }],
		["user", { owner: { homeAccountId: "uid.utid" } }],
		["assertion", { owner: { assertionHash: "hash" } }],
		["flavour", { cae: true }],
	];
	test.each(others)(
		"another %s makes a request of its own",
		async (_, other) => {
			const { ask, signIn, entra } = setUp();
			const first = await signIn();
			const theirs = ask(VAULT, other);
			assert.equal(entra.requests.length, 2);
			const second = entra.last.grant(hours(1));
			assert.equal(await theirs, second);
			assert.equal(await ask(), first);
		},
	);

	test("tenants, clients and hosts that differ only in case are the same", async () => {
		const { ask, signIn, entra } = setUp();
		const first = await signIn();
		const owner = {
			clientId: "CLIENT",
			tenantId: "Tenant",
			environment: "LOGIN.windows.net",
		};
		assert.equal(await ask(VAULT, { owner }), first);
		assert.equal(entra.requests.length, 1);
	});
});

describe("11. A store that is down costs a request, never a failure; one that cannot be opened fails loudly", () => {
	const down = () => Promise.reject(new Error("the store is down"));

	test("with every method failing, callers get their tokens from the source", async () => {
		const store = { read: down, update: down, lease: down };
		const { ask, entra } = setUp({ store });
		const answer = ask();
		await settled();
		const token = entra.last.grant(hours(1));
		assert.equal(await answer, token);
		assert.equal(await ask(), token);
		assert.equal(entra.requests.length, 1);
	});

	test("a store that cannot be opened as asked rejects the call with its own error, and is tried again by the next", async () => {
		const error = Object.assign(new Error("no keyring"), { cannotOpen: true });
		const healthy = memoryStore();
		let isBroken = true;
		const store: TokenStore = {
			read: (name) => (isBroken ? Promise.reject(error) : healthy.read(name)),
			update: (name, edit) => healthy.update(name, edit),
		};
		const { ask, entra } = setUp({ store });
		await assert.rejects(ask(), (reason) => reason === error);
		assert.equal(entra.requests.length, 0);
		isBroken = false;
		const answer = ask();
		await settled();
		const token = entra.last.grant(hours(1));
		assert.equal(await answer, token);
	});

	test("a refresh that finds another process at it steps back, but not when callers have come to depend on it", async () => {
		let answerLease: (lease: undefined) => void = () => {};
		const store: TokenStore = {
			...memoryStore(),
			lease: () =>
				new Promise((resolve) => {
					answerLease = resolve;
				}),
		};
		const { ask, entra, clock } = setUp({ store });
		const signingIn = ask();
		await settled();
		answerLease(undefined);
		await settled();
		const first = entra.last.grant(hours(2), { refreshIn: hours(1) });
		await signingIn;

		clock.advance(hours(1));
		assert.equal(await ask(), first);
		await settled();
		answerLease(undefined);
		await settled();
		assert.equal(entra.requests.length, 1);

		clock.advance(seconds(30));
		assert.equal(await ask(), first);
		clock.advance(hours(1));
		const waiting = ask();
		await settled();
		answerLease(undefined);
		await settled();
		assert.equal(entra.requests.length, 2);
		const second = entra.last.grant(hours(1));
		assert.equal(await waiting, second);
	});

	test("what one cache stored, another finds without a request", async () => {
		const store = memoryStore();
		const one = setUp({ store });
		const token = await one.signIn();
		const other = setUp({ store });
		assert.equal(await other.ask(), token);
		assert.equal(other.entra.requests.length, 0);
	});

	test("of several caches that need the same token at once, one makes the request", async () => {
		const store = memoryStore();
		const caches = Array.from({ length: 8 }, () => setUp({ store }));
		const answers = caches.map(({ ask }) => ask());
		await settled();
		const requests = () => caches.flatMap(({ entra }) => entra.requests);
		assert.equal(requests().length, 1);
		const token = requests()[0]?.grant(hours(1));
		assert.deepEqual(new Set(await Promise.all(answers)), new Set([token]));
		assert.equal(requests().length, 1);
	});
});

describe("12. While a token has not expired, a caller gets a token", () => {
	test("within the margin the last token is handed out when the source fails, and no storm follows", async () => {
		const { ask, signIn, entra, clock } = setUp();
		const first = await signIn();
		clock.advance(minutes(56));
		const waiting = ask();
		entra.last.fail(failure({ isOutage: true }));
		assert.equal(await waiting, first);
		assert.equal(await ask(), first);
		assert.equal(entra.requests.length, 2);
		clock.advance(seconds(30));
		const again = ask();
		const second = entra.last.grant(hours(1));
		assert.equal(await again, second);
	});

	test("once it has expired the failure is the caller's", async () => {
		const { ask, signIn, entra, clock } = setUp();
		await signIn();
		clock.advance(hours(1));
		const error = failure({ isOutage: true });
		const waiting = ask();
		entra.last.fail(error);
		await assert.rejects(waiting, (reason) => reason === error);
	});

	test("an extended lifetime counts in an outage, and only then", async () => {
		const { ask, signIn, entra, clock } = setUp();
		const first = await signIn(hours(1), { extendedLifetime: hours(2) });
		clock.advance(minutes(90));
		const during = ask();
		entra.last.fail(failure({ isOutage: true }));
		assert.equal(await during, first);
		clock.advance(seconds(31));
		const refused = ask();
		entra.last.fail(failure());
		await assert.rejects(refused);
		clock.advance(minutes(30));
		const later = ask();
		entra.last.fail(failure({ isOutage: true }));
		await assert.rejects(later);
	});
});

describe("12, across processes", () => {
	test("a token on disk is served to a new process until it expires, whatever the service says", async () => {
		const store = memoryStore();
		const one = setUp({ store });
		const first = await one.signIn();
		const other = setUp({ store });
		other.clock.advance(minutes(57));
		const waiting = other.ask();
		await settled();
		other.entra.last.fail(failure({ isOutage: true }));
		assert.equal(await waiting, first);
	});

	test("and in an outage as long as the service extended it", async () => {
		const store = memoryStore();
		const one = setUp({ store });
		const first = await one.signIn(hours(1), { extendedLifetime: hours(2) });
		const other = setUp({ store });
		other.clock.advance(minutes(90));
		const during = other.ask();
		await settled();
		other.entra.last.fail(failure({ isOutage: true }));
		assert.equal(await during, first);
		other.clock.advance(seconds(31));
		const refused = other.ask();
		await settled();
		other.entra.last.fail(failure());
		await assert.rejects(refused);
	});
});

describe("13. The memory exists before the first call, however late the source is loaded", () => {
	test("callers who come while the source is still loading share its first request", async () => {
		const { ask, entra } = setUp();
		let load: (source: TokenSource) => void = () => {};
		const loading = new Promise<TokenSource>((resolve) => {
			load = resolve;
		});
		const source: TokenSource = async (request, held) =>
			(await loading)(request, held);
		const callers = Array.from({ length: 10 }, () => ask(VAULT, { source }));
		load(entra.source);
		await settled();
		assert.equal(entra.requests.length, 1);
		const token = entra.last.grant(hours(1));
		assert.deepEqual(new Set(await Promise.all(callers)), new Set([token]));
		assert.equal(await ask(VAULT, { source }), token);
	});
});
