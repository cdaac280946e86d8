// One process of a measure, in JavaScript: `work.js SUBJECT`, its job as a line of JSON on stdin; go/main.go and
// python/work.py do the same jobs. What it finds, it prints as lines of JSON. Jobs, by `do`:
//   each      a token for each of `count` scopes beginning with number `from`, one after the other; with `tells`, a line
//             for each; with `together`, all before `from` are stored first, 500 at a time
//   hit       `tokens` of them (unless `isFilled`, from an earlier process), then number `asked` again and again for `ms`, or all
//             of them `inTurn`
//   together  one token for as many callers at once as `callers`
//   memory    what each of `tokens` weighs in memory, over `credentials`, in bytes
// With `waits`, it says that it is ready and begins with the next line on stdin. `delay`: of the service, in milliseconds.
import { readSync } from "node:fs";
import { cannedService } from "./service.js";

const subject = process.argv[2];
const job = JSON.parse(line());
const { open } = await import(`./subjects/${subject}.js`);
const service = cannedService(job);
const JOBS = { each, hit, together, memory };
await JOBS[job.do]();
process.exit();

async function each() {
	const { warm, getToken } = await open(job, service);
	if (job.warms) await warm();
	const { from = 0, count } = job;
	if (job.together) await storeTogether(getToken, from);
	if (job.waits) {
		say({ isReady: true });
		line();
	}
	const failures = [];
	const start = performance.now();
	for (let number = from; number < from + count; number += 1) {
		const failed = await failureOf(getToken, number);
		if (failed) failures.push(failed);
		if (job.tells) say({ number, failed, requests: service.requests });
	}
	const ms = performance.now() - start;
	say({ ms, requests: service.requests, failures: failures.slice(0, 3) });
}

async function failureOf(getToken, number) {
	try {
		await getToken(scope(number));
		return undefined;
	} catch (error) {
		return String(error?.message ?? error).split("\n")[0];
	}
}

async function storeTogether(getToken, tokens) {
	const numbers = Array.from({ length: tokens }, (_, number) => scope(number));
	while (numbers.length > 0)
		await Promise.all(numbers.splice(0, 500).map(getToken));
}

async function hit() {
	const { warm, getToken } = await open(job, service);
	await warm();
	if (!job.isFilled)
		for (let number = 0; number < job.tokens; number += 1)
			await getToken(scope(number));
	const asked = scope(job.asked);
	const names = Array.from({ length: job.tokens }, (_, number) =>
		scope(number),
	);
	const call = job.inTurn
		? (turn) => getToken(names[turn % names.length])
		: () => getToken(asked);
	await getToken(asked);
	const filling = service.requests;
	await timed(call);
	const runs = [];
	for (let run = 0; run < 3; run += 1) runs.push(await timed(call));
	// What disturbs a run only makes it slower.
	say({ us: Math.min(...runs), requests: service.requests - filling });
}

async function timed(call) {
	let calls = 0;
	const start = performance.now();
	let now = start;
	while (now - start < job.ms) {
		// The clock costs as much as a hit: look at it seldom.
		const batch = calls === 0 ? 1 : Math.min(calls, 10_000);
		for (let turn = 0; turn < batch; turn += 1) await call(calls + turn);
		calls += batch;
		now = performance.now();
	}
	return ((now - start) / calls) * 1_000;
}

async function together() {
	const { getToken } = await open(job, service);
	const callers = Array.from({ length: job.callers }, () => getToken(scope(0)));
	await Promise.all(callers);
	say({ requests: service.requests });
}

async function memory() {
	const kept = [];
	const share = job.tokens / job.credentials;
	const fill = async (clientId) => {
		const one = await open({ ...job, clientId }, service);
		kept.push(one);
		for (let number = 0; number < share; number += 1)
			await one.getToken(scope(number));
	};
	// What the first tokens load, compile and make once is not counted.
	await fill("warm");
	const before = heap();
	for (let turn = 0; turn < job.credentials; turn += 1)
		await fill(`client-${turn}`);
	say({ bytes: (heap() - before) / job.tokens });
	for (const one of kept) await one.getToken(scope(0));
}

function heap() {
	for (let turn = 0; turn < 4; turn += 1) globalThis.gc();
	return process.memoryUsage().heapUsed;
}

/** The scope number so-and-so, of this process or of all. */
function scope(number) {
	return `https://${job.prefix ?? "resource"}-${number}.example/.default`;
}

function say(found) {
	console.log(JSON.stringify(found));
}

/** The next line on stdin, and the process blocked until it comes: nothing is loaded for that. */
function line() {
	const byte = Buffer.alloc(1);
	const bytes = [];
	while (readSync(0, byte, 0, 1, null) === 1 && byte[0] !== 10)
		bytes.push(byte[0]);
	return Buffer.from(bytes).toString();
}
