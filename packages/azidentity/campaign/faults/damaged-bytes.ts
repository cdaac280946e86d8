import {
	existsSync,
	mkdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import {
	type CacheUnderTest,
	cacheUnderTest,
	type Kind,
} from "../cache-under-test.ts";
import {
	type Damage,
	flippedBits,
	randomFiles,
	randomFlips,
	truncations,
} from "../damages.ts";
import type { Trial } from "../fault.ts";
import type { OwnAuthority } from "../programs/own-authority.js";

/** Files that are looked at at the same time: each is waited for, in case somebody is just writing it. */
const LANES = 16;

/** Tokens of the larger document. */
const TOKENS = 50;

/** Cut off at each length of its beginning, which has the header, and at so many others. */
const HEADER_LENGTH = 512;
const CUTS = 1_000;
const RANDOM_FILES = 500;
const FEWEST_FLIPS = 10_000;

/** So often the file is damaged for a second time, while the first one is kept aside. */
const TWICE = 10;

const STORED = "https://stored-0.example/.default";
const OTHER = "https://other.example/.default";

/** What is done with each damaged document: a caller asks, another token is stored, and a new caller looks for both. */
export interface DamageJob {
	readonly trial: Trial;
	readonly authority: OwnAuthority;
	/** Name of the caches, and of their one key. */
	readonly name: string;
	/** The tokens of the documents before they are damaged. */
	readonly originals: Set<string>;
}

/** Damages as many contents as the budget has. Returns how many that were. */
export async function damagedBytes(job: DamageJob): Promise<number> {
	const { trial, name, authority } = job;
	const left = await damagesOf(job);
	let done = 0;
	await Promise.all(
		Array.from({ length: LANES }, async (_, lane) => {
			for (let next = left.pop(); next; next = left.pop()) {
				const { kind, damage } = next;
				const directory = path.join(trial.scratch, kind, String(lane));
				mkdirSync(directory, { recursive: true, mode: 0o700 });
				const cache = cacheUnderTest(kind, directory, name, authority);
				await survives(job, cache, damage, done % TWICE === 0);
				done += 1;
				trial.progress(done);
			}
		}),
	);
	return done;
}

/**
 * All damages there are and random bits, or a fair part of them when the budget is less. No bit of the plain file is flipped:
 * nothing in it could tell a flipped token from another one.
 */
async function damagesOf(job: DamageJob) {
	const { budget, random } = job.trial;
	const damages: { kind: Kind; damage: Damage }[] = [];
	const flips: typeof damages = [];
	for (const kind of ["encrypted", "plain"] as const) {
		const small = await documentOf(job, kind, 1);
		const large = await documentOf(job, kind, TOKENS);
		const add = (damage: Damage) => damages.push({ kind, damage });
		const cuts = truncations(large);
		truncations(small).forEach(add);
		cuts.slice(0, HEADER_LENGTH).forEach(add);
		random.shuffled(cuts.slice(HEADER_LENGTH)).slice(0, CUTS).forEach(add);
		randomFiles(small, random, RANDOM_FILES).forEach(add);
		if (kind === "plain") continue;
		flippedBits(small, small.indexOf(".")).forEach(add);
		for (const document of [small, large])
			for (const damage of randomFlips(document, random, budget + FEWEST_FLIPS))
				flips.push({ kind, damage });
	}
	const room = Math.max(FEWEST_FLIPS, budget - damages.length);
	damages.push(...random.shuffled(flips).slice(0, room));
	return random.shuffled(damages).slice(0, budget);
}

/** The file of a cache with so many tokens. */
async function documentOf(job: DamageJob, kind: Kind, tokens: number) {
	const directory = path.join(job.trial.scratch, `${kind}-${tokens}`);
	const { name, authority } = job;
	const { caller, file } = cacheUnderTest(kind, directory, name, authority);
	const credential = caller();
	for (let index = 0; index < tokens; index += 1)
		job.originals.add(
			(await credential.getToken(`https://stored-${index}.example/.default`))
				.token,
		);
	return readFileSync(file);
}

async function survives(
	{ trial, authority, originals }: DamageJob,
	cache: CacheUnderTest,
	damage: Damage,
	isTwice: boolean,
): Promise<void> {
	const { file, aside, found } = cache;
	const told = (problem: string) =>
		trial.broken(`${file}: ${damage.what}: ${problem}`);
	rmSync(aside, { force: true });
	const damaged = damage.bytes();
	replace(file, damaged);
	try {
		const caller = cache.caller();
		const first = (await caller.getToken(STORED)).token;
		const second = (await caller.getToken(OTHER)).token;
		if (authority.issued.get(first) !== STORED) told("a wrong token");
		if ((await found(STORED)) !== first || (await found(OTHER)) !== second)
			told("not healed by the next write");
		// What opens is nothing to be kept, nor is an empty file.
		const isKept = !originals.has(first) && damaged.length > 0;
		if (isKept !== existsSync(aside))
			told(isKept ? "not kept aside" : "kept aside, though it opened");
		if (!isKept) return;
		if (isTwice) {
			replace(file, Buffer.from("damaged once more"));
			await cache.caller().getToken(STORED);
		}
		if (!readFileSync(aside).equals(damaged)) told("another is kept aside");
	} catch (error) {
		told(String(error));
	}
}

/** As who damages a file does: another file under its name. */
function replace(file: string, bytes: Buffer): void {
	rmSync(file, { force: true });
	writeFileSync(file, bytes, { mode: 0o600 });
}
