import { randomBytes, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
	expireKey,
	forbidKey,
	putKey,
	removeKey,
	revokeKey,
} from "../../test/persistent/kernel-keys.ts";
import { refusing } from "../../test/persistent/vault-program.ts";
import { cacheUnderTest } from "../cache-under-test.ts";
import type { Fault, Trial } from "../fault.ts";
import { fillingProcess } from "../filling-process.ts";
import { type OwnAuthority, ownAuthority } from "../programs/own-authority.js";

/** Keys that are tampered with at the same time: some of it takes a second. */
const LANES = 8;

/** The kernel counts the time of a key in seconds. */
const EXPIRED_MS = 1_100;

const STORED = "https://stored.example/.default";
const OTHER = "https://other.example/.default";

/** Something that happens to the key of a cache. */
interface Accident {
	readonly what: string;
	happen(name: string): unknown;
	/** Whether callers get an error until the key is removed; else they start anew. */
	readonly isRefused?: boolean;
}

const ACCIDENTS: readonly Accident[] = [
	{ what: "a key that was revoked", happen: revokeKey },
	{ what: "a key that was removed", happen: removeKey },
	{
		what: "a key that has expired",
		async happen(name) {
			expireKey(name);
			await pause(EXPIRED_MS);
		},
	},
	...[33, 32, 16, 1, 64].map((length) => ({
		what: `a key that was replaced by ${length} bytes`,
		happen: (name: string) => putKey(name, randomBytes(length)),
	})),
	{
		what: "a key that its owner may not read",
		happen: forbidKey,
		isRefused: true,
	},
];

/** What the kernel refuses, and what callers get then: an error that says what to do, or their tokens and a warning. */
const REFUSALS: readonly { rules: string[]; gets: "error" | "tokens" }[] = [
	{ rules: ["add_key=1", "keyctl=1"], gets: "error" },
	{ rules: ["add_key=38", "keyctl=38"], gets: "error" },
	{ rules: ["add_key=13", "keyctl=13"], gets: "error" },
	// The quota is used up.
	{ rules: ["add_key=122"], gets: "error" },
	{ rules: ["add_key=1"], gets: "error" },
	// For want of memory, which passes.
	{ rules: ["add_key=12", "keyctl=12"], gets: "tokens" },
];

export const keyring: Fault = {
	name: "keyring",
	what: "the kernel's keyring: the key revoked, removed, expired, replaced, closed; the quota used up; system calls forbidden by seccomp",
	mustHold: "a typed error, or a fresh start, as documented; no wrong token",
	unit: "accidents",
	budgets: { short: 10, usual: 1_000, long: 100_000 },
	needs: ["linux", "keyring", "python"],
	isVaried: true,
	async run(trial) {
		const { random, budget } = trial;
		const authority = ownAuthority();
		const left: Accident[] = [];
		while (left.length < budget) left.push(...random.shuffled(ACCIDENTS));
		left.splice(budget);
		let done = 0;
		await Promise.all(
			Array.from({ length: LANES }, async () => {
				for (let next = left.pop(); next; next = left.pop()) {
					await happens(trial, authority, next, random.below(2) === 0);
					done += 1;
					trial.progress(done);
				}
			}),
		);
		for (const { rules, gets } of REFUSALS) await isRefused(trial, rules, gets);
		const notes = [`and ${REFUSALS.length} ways in which the kernel refuses`];
		return { done, notes };
	},
};

async function happens(
	{ broken, scratch }: Trial,
	authority: OwnAuthority,
	{ what, happen, isRefused = false }: Accident,
	isLongLived: boolean,
): Promise<void> {
	const name = `campaign-${randomUUID()}`;
	const who = isLongLived ? "a caller that lived before" : "a new caller";
	const told = (problem: string) => broken(`${what}, ${who}: ${problem}`);
	const directory = path.join(scratch, name);
	const cache = cacheUnderTest("encrypted", directory, name, authority);
	const before = cache.caller();
	try {
		const { token: stored } = await before.getToken(STORED);
		await happen(name);
		const caller = isLongLived ? before : cache.caller();
		const getting = async (scope: string) =>
			(await caller.getToken(scope)).token;
		if (isRefused) {
			const error = await getting(OTHER).then(
				() => undefined,
				(e) => e,
			);
			if (error?.name !== "CredentialUnavailableError")
				told(`no error that says it: ${error}`);
			removeKey(name);
		}
		const [first, other] = [await getting(STORED), await getting(OTHER)];
		if (isLongLived !== (first === stored)) told("not what it remembers");
		for (const [token, scope] of [
			[first, STORED],
			[other, OTHER],
		] as const)
			if (authority.issued.get(token) !== scope) told("a wrong token");
		if ((await cache.found(OTHER)) !== other) told("the next write is lost");
		if ((await cache.found(STORED)) !== first) told("what it had is lost");
		// Who has the document in memory writes it anew, with another key.
		if (!isLongLived && !existsSync(cache.aside))
			told("the old document is not kept aside");
	} catch (error) {
		told(String(error));
	} finally {
		removeKey(name);
	}
}

/** A process that meets such a kernel. */
async function isRefused(
	{ broken, scratch }: Trial,
	rules: readonly string[],
	gets: "error" | "tokens",
): Promise<void> {
	const told = (problem: string) => broken(`${rules.join(" ")}: ${problem}`);
	const name = `campaign-${randomUUID()}`;
	const place = { name, directory: path.join(scratch, name) };
	const scopes = [STORED, OTHER];
	const starter = refusing(...rules);
	const strict = fillingProcess(place, scopes, { starter });
	await strict.ended;
	if (gets === "tokens") {
		for (const failure of strict.failures) told(failure);
	} else {
		for (const failure of strict.failures)
			if (!/CredentialUnavailableError.*unsafeAllow/.test(failure))
				told(`the error does not say what to do: ${failure}`);
		if (strict.failures.length < scopes.length) told("no error");
		const lax = { ...place, unsafeAllowUnencryptedStorage: true };
		const allowed = fillingProcess(lax, scopes, { starter });
		await allowed.ended;
		for (const failure of allowed.failures) told(failure);
		const again = fillingProcess(lax, scopes, { starter, isOffline: true });
		await again.ended;
		for (const [scope, hash] of allowed.handed)
			if (again.handed.get(scope) !== hash) told("the plain file lost it");
	}
	removeKey(name);
}
