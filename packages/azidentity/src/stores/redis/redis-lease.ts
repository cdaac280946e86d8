import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Lease } from "../../cache/token-store.ts";
import type { Breaker } from "./breaker.ts";
import type { RedisCommands } from "./redis-client.ts";
import { runScript, SCRIPTS } from "./redis-scripts.ts";

/** How long a lease outlives a process that died: others wait for it no longer. */
const LEASE_MS = 5_000;
/** Often enough that one extension may be lost. */
const EXTEND_MS = LEASE_MS / 3;

/** A handover takes half of this on average; fifty processes that wait ask Redis a thousand times a second. */
const FIRST_PAUSE_MS = 5;
const LONGEST_MS = 50;

/**
 * Waits up to `patience` milliseconds for the lease at the key: a value that nobody else has, set where there is none, which
 * ends by itself unless it is extended. Time is the server's, so clocks may differ.
 */
export async function takeLease(
	redis: RedisCommands,
	breaker: Breaker,
	key: string,
	patience: number,
): Promise<Lease | undefined> {
	const value = randomUUID();
	const { signal, abort } = lasting(patience);
	try {
		for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(2 * wait, LONGEST_MS)) {
			if (await trySet(redis, breaker, key, value))
				return heldLease(redis, breaker, key, value);
			const jittered = wait * (0.5 + Math.random() / 2);
			await pause(jittered, undefined, { signal }).catch(() => {});
			if (signal.aborted) return undefined;
		}
	} finally {
		abort();
	}
}

/** A signal that fires when patience has run out, or when it is needed no more. */
function lasting(patience: number) {
	const controller = new AbortController();
	const timer = patience > 0 && setTimeout(() => controller.abort(), patience);
	const abort = () => {
		if (timer) clearTimeout(timer);
		controller.abort();
	};
	if (!timer) abort();
	return { signal: controller.signal, abort };
}

async function trySet(
	redis: RedisCommands,
	breaker: Breaker,
	key: string,
	value: string,
): Promise<boolean> {
	const command = ["SET", key, value, "NX", "PX", String(LEASE_MS)];
	const reply = await breaker.run(
		() => redis.send(key, command),
		// Had when nobody waited any more: nobody would give it back.
		(late) => {
			if (late !== null)
				runScript(redis, SCRIPTS.release, key, value).catch(() => {});
		},
	);
	return reply !== null;
}

function heldLease(
	redis: RedisCommands,
	breaker: Breaker,
	key: string,
	value: string,
): Lease {
	const extend = async () => {
		const run = () =>
			runScript(redis, SCRIPTS.extend, key, value, String(LEASE_MS));
		// Lost for good when it ended meanwhile. When Redis cannot be asked, there is nothing to do but to ask again.
		const reply = await breaker.run(run).catch(() => undefined);
		if (Number(reply) === 0) clearInterval(timer);
	};
	const timer = setInterval(extend, EXTEND_MS).unref();
	let isHeld = true;
	return {
		async release() {
			if (!isHeld) return;
			isHeld = false;
			clearInterval(timer);
			const run = () => runScript(redis, SCRIPTS.release, key, value);
			// It ends by itself.
			await breaker.run(run).catch(() => {});
		},
	};
}
