// What one more remembered token of 1.5 kB weighs: `memory.js SUBJECT TOKENS`, with --expose-gc
import { credentialHolding, print, scope } from "../subjects.js";

const [subject, count] = process.argv.slice(2);
const tokens = Number(count);

/** What the first tokens load, compile and make once is not counted. */
const FIRST = 1_000;

const { credential } = await credentialHolding(subject, FIRST);
const before = heap();
for (let number = FIRST; number < FIRST + tokens; number += 1)
	await credential.getToken(scope(number));
print({ bytes: Math.round((heap() - before) / tokens) });
await credential.getToken(scope(0));

function heap() {
	for (let turn = 0; turn < 4; turn += 1) globalThis.gc();
	return process.memoryUsage().heapUsed;
}
