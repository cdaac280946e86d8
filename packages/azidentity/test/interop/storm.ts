import assert from "node:assert/strict";
import {
	type Job,
	type OurWay,
	type Replaced,
	type Said,
	type SharedCache,
	tokensIn,
} from "./shared-cache.ts";

/** A program that takes part: it gets tokens for its own scopes, at the same time as all others. */
export interface Participant {
	/** Such as "go-1": who asks, and part of each scope. */
	readonly who: string;
	run(job: Job, onSaid: () => void): Promise<Said[]>;
}

/** What a storm left. */
export interface Aftermath {
	/** What each program said, by who it was. */
	readonly said: ReadonlyMap<string, readonly Said[]>;
	/** Every write of ours, in order. */
	readonly writes: readonly Replaced[];
	/** Keys that were there after a write of ours and no longer before the next: somebody else dropped them. */
	readonly droppedByOthers: readonly string[];
}

/**
 * Lets all programs get `count` tokens each on one cache, pausing after each. Ours start when theirs have got one each:
 * they write at once however long it takes to start.
 */
export async function storm(
	theirs: readonly Participant[],
	ours: readonly Participant[],
	count: number,
	pause: number,
): Promise<Aftermath> {
	const start = ({ who, run }: Participant) => {
		let onSaid = () => {};
		const first = new Promise<void>((resolve) => {
			onSaid = resolve;
		});
		const job: Job = { as: "app", scopes: scopesOf(who, count), pause };
		const ended = run(job, onSaid);
		// One that fails at once says nothing.
		return { ended, first: Promise.race([first, ended]) };
	};
	const first = theirs.map(start);
	await Promise.all(first.map((program) => program.first));
	const programs = [...first, ...ours.map(start)];
	const all = await Promise.all(programs.map(({ ended }) => ended));
	const said = new Map(
		[...theirs, ...ours].map(({ who }, index) => [who, all[index] ?? []]),
	);
	const writes = all
		.flat()
		.flatMap(({ replaced }) => replaced ?? [])
		.sort((one, other) => one.at - other.at);
	return { said, writes, droppedByOthers: droppedBetween(writes) };
}

/** So many participants of one kind. */
export function several(
	count: number,
	who: string,
	run: Participant["run"],
): Participant[] {
	return Array.from({ length: count }, (_, index) => ({
		who: `${who}-${index}`,
		run,
	}));
}

/** Programs of ours whose writes are watched. */
export function watched(
	count: number,
	cache: SharedCache,
	how: OurWay = {},
): Participant[] {
	return several(count, "ours", (job, onSaid) =>
		cache.ours(job, { ...how, isWatched: true }, onSaid),
	);
}

/** That our programs got all they asked for, that entries of theirs were there for us to lose, and that we lost none. */
export function assertNothingLostByUs(
	{ said, writes }: Aftermath,
	count: number,
): void {
	const theirs: string[] = [];
	for (const [who, lines] of said) {
		if (who.startsWith("ours")) assert.equal(tokensIn(lines).size, count);
		else theirs.push(`https://${who}`);
	}
	// Not each of them need have been there: Go's programs drop one another's entries.
	const isTheirs = (key: string) => theirs.some((who) => key.includes(who));
	assert.ok(writes.some(({ before }) => before.some(isTheirs)));
	assert.ok(writes.length >= count, `${writes.length} writes`);
	assert.deepEqual(
		writes.flatMap(({ lost }) => lost),
		[],
	);
}

function scopesOf(who: string, count: number): string[] {
	return Array.from(
		{ length: count },
		(_, index) => `https://${who}-${index}.example/.default`,
	);
}

function droppedBetween(writes: readonly Replaced[]): string[] {
	return writes.flatMap(({ after }, index) => {
		const next = writes[index + 1];
		if (next === undefined) return [];
		const there = new Set(next.before);
		return after.filter((key) => !there.has(key));
	});
}
