import assert from "node:assert/strict";
import { beforeAll, describe, test } from "vitest";
import { memoryPlace } from "../../src/cache/memory-store.ts";
import type { TokenFilter } from "../../src/cache/token-filter.ts";
import type { DocumentName, TokenStore } from "../../src/cache/token-store.ts";
import { APP, PERSON, processOn } from "./processes.ts";
import { settled } from "./scripted-source.ts";

beforeAll(() => import("../../src/cache/ask-store-first.ts"));

const GUEST = { ...PERSON, tenantId: "elsewhere" };
const OTHER = { ...PERSON, homeAccountId: "other.utid" };
const OTHER_APP = { ...PERSON, clientId: "other-app" };
const OWNERS = { APP, PERSON, GUEST, OTHER, OTHER_APP };

/** One document per flavour, as on disk: nobody's name matters. */
function sharedStore(): TokenStore {
	const store = memoryPlace().open();
	const shared = (name: DocumentName) => ({ ...name, owner: "" });
	return {
		read: (name) => store.read(shared(name)),
		update: (name, edit) => store.update(shared(name), edit),
	};
}

/** Fills a cache with tokens of all kinds, clears it, and tells what another cache on the store finds there. */
async function leftAfter(store: TokenStore | undefined, filter?: TokenFilter) {
	const process = processOn(store ?? memoryPlace());
	for (const owner of Object.values(OWNERS))
		for (const scope of ["vault", "mail"]) await process.get(scope, { owner });
	await process.cache.clear(filter);
	const tokens = await process.cache.list();
	const left = { memory: new Set<string>(), store: new Set<string>() };
	for (const token of tokens) {
		const { account, clientId, kind, scopes, tenantId, where } = token;
		const name = Object.entries(OWNERS).find(
			([, owner]) =>
				owner.clientId === clientId &&
				(tenantId === "" || owner.tenantId === tenantId) &&
				(owner as typeof PERSON).homeAccountId === account?.homeAccountId,
		)?.[0];
		left[where].add(
			`${name} ${kind === "refreshToken" ? "refresh" : scopes.join(" ")}`,
		);
	}
	const sorted = (set: Set<string>) => [...set].sort();
	assert.deepEqual(sorted(left.memory), sorted(left.store));
	return sorted(left.store);
}

/** What there is before anything is cleared. A person has one refresh token for all tenants. */
const ALL = [
	...Object.keys(OWNERS).flatMap((name) => [`${name} mail`, `${name} vault`]),
	"OTHER refresh",
	"OTHER_APP refresh",
	"PERSON refresh",
].sort();
const without = (...gone: (string | RegExp)[]) =>
	ALL.filter(
		(each) =>
			!gone.some((one) =>
				typeof one === "string" ? each === one : one.test(each),
			),
	);

describe.each([
	["one document for everybody", sharedStore],
	["one document per owner", () => memoryPlace().open()],
])("in a store with %s", (_, newStore) => {
	test.each<[string, TokenFilter | undefined, string[]]>([
		["everything", undefined, []],
		[
			"a person with all that any client has for them, and the refresh tokens",
			{ account: "uid.utid" },
			without(/^(PERSON|GUEST|OTHER_APP) /),
		],
		[
			"a person at one client",
			{ account: { homeAccountId: "uid.utid" }, clientId: "APP" },
			without(/^(PERSON|GUEST) /),
		],
		[
			"a tenant's tokens, and no refresh tokens",
			{ tenantId: "Elsewhere" },
			without("GUEST mail", "GUEST vault"),
		],
		["tokens for a scope", { scopes: "VAULT" }, without(/ vault$/)],
		[
			"a person's tokens for a scope in a tenant",
			{ account: "uid.utid", scopes: ["vault"], tenantId: "tenant" },
			without("PERSON vault", "OTHER_APP vault"),
		],
		["a client's own", { clientId: "other-app" }, without(/^OTHER_APP /)],
		["nothing when nothing is meant", { clientId: "third" }, ALL],
	])("clear() removes from memory and store %s", async (_, filter, left) => {
		assert.deepEqual(await leftAfter(newStore(), filter), left);
	});

	test("who was cleared is not found again by another process, and has to sign in", async () => {
		const store = newStore();
		const one = processOn(store);
		await one.get("vault", { owner: PERSON });
		const client = { clientId: "app", environment: "login.windows.net" };
		assert.equal((await one.cache.accounts(client)).length, 1);
		await one.cache.clear({ account: "uid.utid" });
		assert.deepEqual(await one.cache.accounts(client), []);
		assert.deepEqual(await processOn(store).cache.accounts(client), []);
	});
});

test("a filter that names nothing, or something that is missing, is refused, and nothing is removed", async () => {
	const process = processOn(memoryPlace());
	const token = await process.get("vault");
	for (const filter of [
		{},
		null,
		"uid.utid",
		{ account: undefined },
		{ account: null },
		{ account: "" },
		{ account: {} },
		{ tenantId: undefined },
		{ tenantId: " " },
		{ clientId: 1 },
		{ scopes: [] },
		{ scopes: [""] },
		{ scopes: undefined },
		{ homeAccountId: "uid.utid" },
	])
		await assert.rejects(process.cache.clear(filter as never), TypeError);
	assert.equal(await process.get("vault"), token);
	assert.equal(process.requests, 1);
});

test("a store that cannot be changed is the caller's to hear of; memory is cleared all the same", async () => {
	const store = memoryPlace().open();
	const process = processOn({
		...store,
		async update(name, edit) {
			if (isFull) throw new Error("disk full");
			return store.update(name, edit);
		},
	});
	let isFull = false;
	await process.get("vault");
	isFull = true;
	await assert.rejects(process.cache.clear(), /disk full/);
	const left = await process.cache.list();
	assert.deepEqual([...new Set(left.map(({ where }) => where))], ["store"]);
	isFull = false;
	await process.cache.clear();
	assert.deepEqual(await process.cache.list(), []);
	await process.get("vault");
	assert.equal((await process.cache.list()).length, 2);
});

test.each([
	["a store", memoryPlace],
	["memory only", () => undefined],
])(
	"what is under way when clear() is called reaches its callers and is remembered nowhere: %s",
	async (_, place) => {
		const process = processOn(place());
		const late = process.hold();
		const waiting = process.get("vault", { owner: PERSON });
		await settled();
		await process.cache.clear({ account: "uid.utid" });
		const next = process.get("vault", { owner: PERSON });
		await settled();
		late.grant();
		assert.notEqual(await waiting, await next);
		assert.equal(await process.get("vault", { owner: PERSON }), await next);
		assert.equal(process.requests, 2);
	},
);

test("others' flights and tokens go on", async () => {
	const process = processOn(memoryPlace());
	const late = process.hold();
	const waiting = process.get("vault", { owner: OTHER });
	await settled();
	await process.cache.clear({ account: "uid.utid" });
	late.grant();
	assert.equal(await process.get("vault", { owner: OTHER }), await waiting);
	assert.equal(process.requests, 1);
});

test("what was cleared is not put back into a shared store by a later write", async () => {
	const process = processOn(sharedStore());
	await process.get("vault");
	await process.cache.clear({ scopes: "vault" });
	await process.get("mail");
	const scopes = (await process.cache.list()).map((token) => token.scopes[0]);
	assert.deepEqual(scopes, ["mail", "mail"]);
});

test("what other processes remember of what was cleared is dropped where the store can tell them", async () => {
	const place = memoryPlace();
	const [one, other] = [processOn(place), processOn(place)];
	for (const owner of [PERSON, GUEST]) await other.get("vault", { owner });
	await one.cache.clear({ account: "uid.utid" });
	assert.deepEqual(await other.cache.list(), []);
});

test("a filter means what it meant when it was handed over, whatever the program does with it then", async () => {
	const process = processOn(memoryPlace().open());
	for (const scope of ["vault", "mail"]) await process.get(scope);
	const scopes = ["vault"];
	const filter: TokenFilter = { scopes };
	const clearing = process.cache.clear(filter);
	scopes[0] = "mail";
	filter.scopes = "mail";
	await clearing;
	const left = (await process.cache.list()).map((token) => token.scopes);
	assert.deepEqual(left, [["mail"], ["mail"]]);
});
