import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { TokenCache } from "../../src/cache/token-cache.ts";
import type { TokenSource } from "../../src/token.ts";
import type { Fault, Trial } from "../fault.ts";
import { ASK, ownerIn } from "../simulation/one-scope.ts";

const PARTITIONS = 100_000;
/** Of a usual token. */
const TOKEN_BYTES = 1_500;
const LIFETIME_MS = 3_600_000;
/** Between two calls, so that tokens expire as the run goes on. */
const GAP_MS = 20;

/** As many of the owners as the default keeps, and so few bytes that they are what bounds the cache. */
const LIMITS = [
	{ name: "10,000 partitions", maxPartitions: 10_000, maxBytes: 64 * 2 ** 20 },
	{ name: "8 MiB", maxPartitions: PARTITIONS, maxBytes: 8 * 2 ** 20 },
];
/** What the cache weighs is counted from texts and an average for the rest: so much more may be there. */
const SLACK = 1.5;
/** From the half of a run to its end the heap may grow by so much: the collector's own leavings. */
const GROWTH_BYTES = 2 * 2 ** 20;

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

export const memory: Fault = {
	name: "memory",
	what: "tokens of 100,000 partitions in turn, through a cache that may keep a few of them",
	mustHold: "bounded by the option, no leak",
	unit: "calls",
	budgets: { short: 60_000, usual: 1_000_000, long: 50_000_000 },
	needs: [],
	async run(trial) {
		const share = Math.ceil(trial.budget / LIMITS.length);
		const notes: string[] = [];
		for (const [index, limit] of LIMITS.entries())
			notes.push(await fill(trial, limit, share, index * share));
		return { done: share * LIMITS.length, notes };
	},
};

/** Asks one cache so many times; weighs it after half of them and at the end. */
async function fill(
	{ broken, progress, random }: Trial,
	{ name, ...limits }: (typeof LIMITS)[number],
	calls: number,
	done: number,
): Promise<string> {
	const before = heapBytes();
	let now = 1_700_000_000_000;
	const cache = new TokenCache({ ...limits, now: () => now });
	let requests = 0;
	const source: TokenSource = async ({ tenantId }) => {
		requests += 1;
		const token = `${tenantId} `.padEnd(TOKEN_BYTES, String(requests));
		const expiresOnTimestamp = now + LIFETIME_MS;
		return { scope: "s", token: { token, expiresOnTimestamp } };
	};
	let half = 0;
	for (let call = 0; call < calls; call += 1) {
		now += GAP_MS;
		const tenantId = `tenant-${Math.floor(random.next() ** 3 * PARTITIONS)}`;
		const { token } = await cache
			.partition(ownerIn(tenantId), false)
			.get(ASK, source);
		if (!token.startsWith(`${tenantId} `))
			broken(`${tenantId} was given another's token`);
		if (call === Math.floor(calls / 2)) half = heapBytes() - before;
		progress(done + call);
	}
	const end = heapBytes() - before;
	const { maxBytes, maxPartitions } = limits;
	const most =
		SLACK * Math.min(maxBytes, maxPartitions * (TOKEN_BYTES + 2_000));
	if (end > most)
		broken(`${mib(end)} MiB where ${mib(most)} are allowed (${name})`);
	if (end > half + GROWTH_BYTES)
		broken(`it grew from ${mib(half)} to ${mib(end)} MiB (${name})`);
	// Still in use here, so that it was not collected before it was weighed.
	cache.partition(ownerIn("last"), false);
	return `${name}: ${mib(half)} MiB after the half, ${mib(end)} MiB at the end; ${requests.toLocaleString("en")} requests`;
}

function heapBytes(): number {
	collect();
	collect();
	const { heapUsed, external } = process.memoryUsage();
	return heapUsed + external;
}

const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
