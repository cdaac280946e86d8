import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { hours, manualClock, minutes } from "@azidentity/testkit";
import { afterEach, beforeAll, test } from "vitest";
import { memoryPlace } from "../../src/cache/memory-store.ts";
import { TokenCache } from "../../src/cache/token-cache.ts";
import { assertShowsNone, printed } from "../credentials/planted-secrets.ts";
import { APP, PERSON, processOn } from "./processes.ts";
import { scriptedSource, settled } from "./scripted-source.ts";

beforeAll(() => import("../../src/cache/ask-store-first.ts"));

const NAMES = [
	"hit",
	"miss",
	"join",
	"refresh.start",
	"refresh",
	"remove",
	"store.read",
	"store.write",
	"lock.wait",
];

interface Heard {
	readonly name: string;
	readonly message: Readonly<Record<string, unknown>>;
}

let listening: (() => void)[] = [];
afterEach(() => {
	for (const stop of listening.splice(0)) stop();
});

/** All that is published from now on. */
function published(): Heard[] {
	const all: Heard[] = [];
	listening = NAMES.map((name) => {
		const note = (message: unknown) =>
			all.push({ name, message: message as Heard["message"] });
		subscribe(`azidentity:${name}`, note);
		return () => unsubscribe(`azidentity:${name}`, note);
	});
	return all;
}

/** What was published, in short, and no longer there. */
const short = (all: Heard[]) =>
	all
		.splice(0)
		.map(({ name, message }) =>
			[
				name,
				message.reason ?? message.outcome ?? "",
				message.isDue === true || message.isBehind === true ? "behind" : "",
				message.error ?? "",
			]
				.filter(Boolean)
				.join(" "),
		);

function setUp() {
	const clock = manualClock();
	const entra = scriptedSource(clock.now);
	const cache = new TokenCache({ now: clock.now });
	const get = (scope: string, claims?: string) =>
		cache
			.partition(APP, false)
			.get(
				{ scopes: scope, written: scope, normalise: () => [scope], claims },
				entra.source,
			)
			.then(({ token }) => token);
	return { clock, entra, cache, get };
}

test("a caller is a hit or a miss, with the reason; who waits with others joins; a flight says how it ended", async () => {
	const all = published();
	const { clock, entra, get } = setUp();
	const first = get("vault");
	const second = get("vault");
	entra.last.grant(hours(1), { refreshIn: minutes(30) });
	await Promise.all([first, second]);
	assert.deepEqual(short(all), [
		"miss empty",
		"refresh.start",
		"miss empty",
		"join",
		"refresh granted",
	]);
	await get("vault");
	assert.deepEqual(short(all), ["hit"]);
	clock.advance(minutes(31));
	await get("vault");
	entra.last.fail(new TypeError("no"));
	await settled();
	assert.deepEqual(short(all), [
		"refresh.start behind",
		"hit behind",
		"refresh kept behind TypeError",
	]);
	clock.advance(minutes(26));
	const late = get("vault");
	entra.last.fail(new RangeError("no"));
	await late;
	assert.deepEqual(short(all), [
		"miss expired",
		"refresh.start",
		"refresh kept RangeError",
	]);
	const challenged = get("vault", "{}");
	entra.last.fail(new RangeError("no"));
	await assert.rejects(challenged);
	assert.deepEqual(short(all), [
		"miss claims",
		"refresh.start",
		"refresh failed RangeError",
	]);
});

test("a miss says whose and for what, with the scopes as the caller wrote them, and no account", async () => {
	const all = published();
	const process = processOn(undefined);
	await process.get("b  a", { owner: PERSON, cae: true });
	assert.deepEqual(all[0], {
		name: "miss",
		message: {
			clientId: "app",
			tenantId: "tenant",
			environment: "login.windows.net",
			scopes: "b  a",
			isCae: true,
			reason: "empty",
		},
	});
	assertShowsNone(
		["uid", "token 1", "refresh 1"],
		printed(all.map(({ message }) => message)),
	);
});

test("readings and writes of the store and waits for its locks are told, and what is found there", async () => {
	const all = published();
	const place = memoryPlace();
	await processOn(place).get("vault");
	assert.deepEqual(short(all), [
		"miss empty",
		"refresh.start",
		"store.read",
		"lock.wait got",
		"store.read",
		"store.write",
		"refresh granted",
	]);
	await processOn(place).get("vault");
	const read = all.find(({ name }) => name === "store.read")?.message;
	const text = await place.open().read({ cae: false, owner: "" });
	assert.equal(text, undefined);
	assert.ok(Number(read?.length) > 100);
	assert.ok(Number(read?.duration) >= 0);
	assert.deepEqual(short(all), [
		"miss empty",
		"refresh.start",
		"store.read",
		"refresh found",
	]);
});

test("a store that fails says so", async () => {
	const all = published();
	const fail = () => Promise.reject(new Error("down"));
	await processOn({ read: fail, update: fail, lease: fail }).get("vault");
	const failed = all.filter(
		({ message }) => message.isFailed || message.outcome === "failed",
	);
	assert.deepEqual(
		failed.map(({ name }) => name),
		["store.read", "lock.wait", "store.read", "store.write"],
	);
});

test("what goes from memory is told with the reason", async () => {
	const place = memoryPlace();
	const [one, other] = [processOn(place), processOn(place)];
	await one.get("vault");
	await other.get("vault");
	const all = published();
	await one.cache.clear();
	const removed = all.filter(({ name }) => name === "remove");
	assert.deepEqual(removed.map(({ message }) => message.reason).sort(), [
		"cleared",
		"invalidated",
	]);
});
