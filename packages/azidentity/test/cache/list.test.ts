import assert from "node:assert/strict";
import { beforeAll, test } from "vitest";
import { memoryPlace } from "../../src/cache/memory-store.ts";
import { APP, PERSON, processOn } from "./processes.ts";

beforeAll(() => import("../../src/cache/ask-store-first.ts"));

test("what is in memory and what is in the store are listed, the one a process has brought and the other it has not", async () => {
	const place = memoryPlace();
	const [one, other] = [processOn(place), processOn(place)];
	await one.get("mail files", { owner: PERSON, cae: true });
	const short = (tokens: Awaited<ReturnType<typeof one.cache.list>>) =>
		tokens.map((token) => {
			const { cachedAt, expiresOn, environment, clientId, ...rest } = token;
			assert.equal(clientId, "app");
			assert.equal(environment, "login.windows.net");
			return rest;
		});
	const account = {
		homeAccountId: "uid.utid",
		username: "uid.utid@example.com",
	};
	const access = {
		kind: "accessToken",
		tenantId: "tenant",
		account,
		isOnBehalfOf: false,
		isCae: true,
	};
	const refresh = {
		kind: "refreshToken",
		tenantId: "",
		account,
		isOnBehalfOf: false,
		isCae: false,
		scopes: [],
	};
	const stored = [
		{ ...access, where: "store", scopes: ["mail", "files"] },
		{ ...refresh, where: "store" },
	];
	assert.deepEqual(short(await one.cache.list()), [
		{ ...access, where: "memory", scopes: ["files", "mail"] },
		{ ...refresh, where: "memory" },
		...stored,
	]);
	assert.deepEqual(short(await other.cache.list()), stored);
});

test("what only the store has of a person is listed with the person's name", async () => {
	const place = memoryPlace();
	await processOn(place).get("mail", { owner: PERSON });
	const other = processOn(place);
	await other.get("mail", { owner: PERSON });
	for (const { account } of await other.cache.list())
		assert.equal(account?.username, "uid.utid@example.com");
});

test("times are in milliseconds, and a token that was found in the store has those of the store", async () => {
	const start = 1_800_000_000_000;
	const place = memoryPlace();
	await processOn(place, () => start).get("vault");
	const later = processOn(place, () => start + 60_000);
	await later.get("vault");
	for (const { cachedAt, expiresOn } of await later.cache.list())
		assert.deepEqual([cachedAt, expiresOn], [start, start + 3_600_000]);
});

test("what is got on behalf of an assertion's bearer is listed as such", async () => {
	const process = processOn(memoryPlace());
	await process.get("mail", { owner: { ...APP, assertionHash: "a-hash" } });
	const listed = await process.cache.list();
	assert.deepEqual(
		listed.map(({ isOnBehalfOf, where }) => `${where} ${isOnBehalfOf}`),
		["memory true", "store true"],
	);
	assert.doesNotMatch(JSON.stringify(listed), /a-hash/);
});

test("a store that cannot be read is the caller's to hear of", async () => {
	const store = memoryPlace().open();
	const process = processOn({
		...store,
		async *names() {
			yield { cae: false, owner: "" };
		},
		read: async () => {
			throw new Error("not readable");
		},
	});
	await assert.rejects(process.cache.list(), /not readable/);
});

test("a list is a copy: what is done to it changes nothing", async () => {
	const process = processOn(undefined);
	await process.get("vault");
	const [token] = await process.cache.list();
	Object.assign(token ?? {}, { scopes: [], expiresOn: 0 });
	const [again] = await process.cache.list();
	assert.deepEqual(again?.scopes, ["vault"]);
});
