import type { AccessToken } from "@azure/core-auth";
import { TokenCache } from "../../src/cache/token-cache.ts";
import type { TokenSource } from "../../src/token.ts";
import type { Fault, Trial } from "../fault.ts";
import type { Random } from "../random.ts";
import { ASK, ownerIn } from "../simulation/one-scope.ts";

const OWNERS = 5;
const LIFETIME_MS = 3_600_000;

/** Calls in one story, which begins with a clock that is right. */
const STORY = 200;
const LONGEST_GAP_MS = 20 * 60_000;
const SECOND_MS = 1_000;
const TEN_YEARS_MS = 10 * 365 * 24 * 3_600_000;

export const clock: Fault = {
	name: "clock",
	what: "a clock that jumps by ±1 s to ±10 years, or a process that is suspended",
	mustHold: "never an expired token served as fresh; no storm of requests",
	unit: "calls",
	budgets: { short: 20_000, usual: 1_000_000, long: 50_000_000 },
	needs: [],
	async run(trial) {
		const sum = { done: 0, jumps: 0, suspensions: 0, requests: 0 };
		while (sum.done < trial.budget) {
			const calls = Math.min(STORY, trial.budget - sum.done);
			await story(trial, calls, sum);
			trial.progress(sum.done);
		}
		return { done: sum.done, notes: notesOf(sum) };
	},
};

interface Sum {
	done: number;
	jumps: number;
	suspensions: number;
	requests: number;
}

/** The time as it is, as the machine's clock shows it, and as the process has lived it. */
interface Times {
	real: number;
	wall: number;
	steady: number;
}

/**
 * Some calls under a clock that is not to be trusted. Either the clock jumps, or the process sleeps: who slept and
 * finds the clock set back by as much cannot know that any time has passed.
 */
async function story({ broken, random }: Trial, calls: number, sum: Sum) {
	const times: Times = {
		real: 1_700_000_000_000,
		wall: 1_700_000_000_000,
		steady: 0,
	};
	const cache = new TokenCache({
		now: () => times.wall,
		steady: () => times.steady,
	});
	let requests = 0;
	const source: TokenSource = async ({ tenantId }) => {
		requests += 1;
		// What the authority says is a lifetime; by whose clock it ends is the client's to find out.
		return {
			scope: "s",
			token: {
				token: `${tenantId} ${times.real + LIFETIME_MS}`,
				expiresOnTimestamp: times.wall + LIFETIME_MS,
			},
		};
	};
	const isSleepy = random.below(4) === 0;
	const started = times.real;
	let mishaps = 0;
	for (let call = 0; call < calls; call += 1) {
		pass(times, random.next() ** 3 * LONGEST_GAP_MS);
		if (random.below(4) === 0) {
			mishaps += 1;
			if (isSleepy) sleep(times, random);
			else times.wall += jumpOf(random);
		}
		const tenantId = `tenant-${random.below(OWNERS)}`;
		const partition = cache.partition(ownerIn(tenantId), false);
		const token = await partition.get(ASK, source);
		judge(token, tenantId, times, broken);
	}
	sum.done += calls;
	sum.requests += requests;
	if (isSleepy) sum.suspensions += mishaps;
	else sum.jumps += mishaps;
	const needed = (times.real - started) / (LIFETIME_MS / 2) + 1;
	const most = OWNERS * (needed + mishaps);
	if (requests > most) broken(`${requests} requests where ${most} would do`);
}

function judge(
	{ token }: AccessToken,
	tenantId: string,
	{ real }: Times,
	broken: Trial["broken"],
) {
	const [owner, end] = token.split(" ");
	if (owner !== tenantId) broken(`${tenantId} was given a token of ${owner}`);
	const left = Number(end) - real;
	if (left <= 0)
		broken(
			`a token was handed out ${Math.round(-left / 1_000)} s after its end`,
		);
}

function pass(times: Times, milliseconds: number) {
	times.real += milliseconds;
	times.wall += milliseconds;
	times.steady += milliseconds;
}

/** The steady clock of most systems stands still meanwhile. */
function sleep(times: Times, random: Random) {
	const milliseconds = random.next() ** 2 * 24 * 3_600_000;
	times.real += milliseconds;
	times.wall += milliseconds;
}

/** As often by seconds as by years, there or back. */
function jumpOf(random: Random): number {
	const size = SECOND_MS * (TEN_YEARS_MS / SECOND_MS) ** random.next();
	return random.below(2) === 0 ? size : -size;
}

function notesOf({ jumps, requests, suspensions }: Sum): string[] {
	const number = (count: number) => count.toLocaleString("en");
	return [
		`${number(jumps)} jumps and ${number(suspensions)} suspensions; ${number(requests)} requests`,
	];
}
