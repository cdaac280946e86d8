// One getToken that is answered from memory, with so many tokens remembered: `hit.js SUBJECT TOKENS`.
// One token is asked for again and again, and all of them in turn: a search shows in both, the processor's
// cache in the second only.
import { credentialHolding, print, scope } from "../subjects.js";

const [subject, count] = process.argv.slice(2);
const tokens = Number(count);
const { credential, httpClient } = await credentialHolding(subject, tokens);
const filling = httpClient.requests;

/** Long enough to be above the clock's noise, short enough for the slowest. */
const MEASURED_MS = 300;

const middle = scope(Math.floor(tokens / 2));
const names = Array.from({ length: tokens }, (_, number) => scope(number));
print({
	same: await best(() => credential.getToken(middle)),
	inTurn: await best((turn) => credential.getToken(names[turn % tokens])),
	requests: httpClient.requests - filling,
});

/** The best of five runs, in microseconds a call: what disturbs a run only makes it slower. */
async function best(call) {
	await timed(call);
	const runs = [];
	for (let run = 0; run < 5; run += 1) runs.push(await timed(call));
	return Math.min(...runs);
}

async function timed(call) {
	let calls = 0;
	const start = performance.now();
	let now = start;
	while (now - start < MEASURED_MS) {
		// The clock costs as much as a hit: look at it seldom.
		const batch = calls === 0 ? 1 : Math.min(calls, 10_000);
		for (let turn = 0; turn < batch; turn += 1) await call(calls + turn);
		calls += batch;
		now = performance.now();
	}
	return ((now - start) / calls) * 1_000;
}
