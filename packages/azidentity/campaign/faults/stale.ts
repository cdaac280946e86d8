import { once } from "node:events";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileLock } from "../../src/stores/persistent/file-lock.ts";
import { leaseLock } from "../../src/stores/persistent/lease-lock.ts";
import type { ProcessLock } from "../../src/stores/persistent/process-lock.ts";
import type { Fault, Trial } from "../fault.ts";
import { type Held, type Holder, holder, TASK } from "../holder.ts";
import { type Measured, stallWatch, summaryOf } from "../stall-watch.ts";

/** Nobody may wait for a dead process for longer. */
const LIMIT_MS = 100;
const PATIENCE_MS = 10_000;

/** Who waits has waited for so long at most: long enough to look seldom. */
const LONGEST_WAIT_MS = 200;

/** Whoever wants what a dead process held was waiting for it already, or comes later. */
const WHO = ["waiting", "later"] as const;

export const stale: Fault = {
	name: "stale",
	what: "processes killed while they hold the document's lock, or the lease by which one process asks for a token",
	mustHold:
		"who waits for it, and who comes later, goes on within 100 ms of the process's end",
	unit: "dead holders",
	budgets: { short: 8, usual: 400, long: 20_000 },
	needs: [],
	async run(trial) {
		const times = new Map<string, Measured[]>();
		let done = 0;
		for (; done < trial.budget; done += 1) {
			trial.progress(done);
			const held: Held = done % 2 === 0 ? "document" : "lease";
			const who = WHO[Math.floor(done / 2) % 2] ?? "later";
			const measured = await outlive(trial, held, who, done);
			if (measured.ms > LIMIT_MS && !measured.isVoid)
				trial.broken(`the ${held} outlived its process by ${measured.ms} ms`);
			const kind = `${held}, who ${who === "later" ? "comes later" : "waits"}`;
			times.set(kind, [...(times.get(kind) ?? []), measured]);
		}
		const notes = [...times].map(
			([kind, each]) => `${kind}: ${summaryOf(each)}`,
		);
		return { done, notes };
	},
};

async function outlive(
	{ random, scratch, broken }: Trial,
	held: Held,
	who: (typeof WHO)[number],
	index: number,
): Promise<Measured> {
	mkdirSync(path.join(scratch, "cache"), { recursive: true, mode: 0o700 });
	const file = path.join(scratch, "cache", `cache-${index}`);
	const lock: ProcessLock =
		held === "document"
			? fileLock(`${file}.lockfile`)
			: leaseLock(`${file}.leases`, TASK);
	const dying = await holder(held, file);
	if ((await lock.acquire(0)) !== undefined)
		broken(`the ${held} was not held by its living process`);
	let taken = 0;
	const take = async () => {
		const lease = await lock.acquire(PATIENCE_MS);
		taken = performance.now();
		if (lease === undefined) broken(`the ${held} of a dead process is kept`);
		await lease?.release();
	};
	const waiting = who === "waiting" ? take() : undefined;
	if (waiting !== undefined) await pause(random.next() * LONGEST_WAIT_MS);
	const watch = stallWatch();
	const gone = await killed(dying);
	await (waiting ?? take());
	return { ms: Math.max(0, taken - gone), isVoid: watch.end() };
}

/** Kills it, and returns when it was gone. */
async function killed({ child, ended }: Holder): Promise<number> {
	const exit = once(child, "exit");
	child.kill("SIGKILL");
	await exit;
	const gone = performance.now();
	await ended;
	return gone;
}
