import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { atMost } from "../asked.js";
import { startWork } from "../processes.js";
import { LIBRARIES } from "../subjects.js";

export const row = {
	title: "lock of a killed process",
	how: "A process that fills a cache on disk is killed (SIGKILL) while its lock file is there. The next process asks for a new token: how long its `getToken` takes until the token is on disk. Those that know a lock by its file alone try until their patience ends, and then fail.",
	unit: "ms",
	subjects: LIBRARIES,
	// Those that wait until their patience ends, a minute in one of them, are not asked twice.
	turns: { full: 5, quick: 1 },
	turnsOf: { "azure-identity": 1, "msal-node": 1 },
	asked: [atMost(100, "100 ms", { isReached: ({ ours }) => ours < 100 })],
	async measure(subject, _prepared, { scratch }) {
		const { home, name: cache } = scratch.cache();
		await killWithLock(subject, { home, cache });
		const job = { do: "each", from: 1_000_000, count: 1, cache, warms: true };
		const { ended } = await startWork(subject, job, { home });
		const { code, said, complaints } = await ended;
		if (code !== 0) throw new Error(complaints);
		const { ms, failures } = said.at(-1);
		return { value: ms, note: failures.length > 0 ? "then an error" : "" };
	},
};

/** How often a killed process may have let go of its lock in the last moment. */
const TRIES = 50;

async function killWithLock(subject, { home, cache }) {
	for (let turn = 0; turn < TRIES; turn += 1) {
		const from = turn * 10_000;
		const job = { do: "each", from, count: 10_000, cache, waits: true };
		const { child, ready, go, ended } = await startWork(subject, job, { home });
		await ready;
		go();
		const lock = await lockFile(home, child);
		// Stopped first: whether the file is there is looked at when it can no longer change.
		child.kill("SIGSTOP");
		const isHeld = lock !== undefined && existsSync(lock);
		child.kill("SIGKILL");
		await ended;
		if (isHeld) return;
	}
	throw new Error(`no process could be killed with its lock in ${TRIES} tries`);
}

/** Waits for a file that is a lock, in the places where the libraries keep their caches. */
async function lockFile(home, child) {
	const folders = [".IdentityService", ".cache/.IdentityService"];
	while (child.exitCode === null && child.signalCode === null) {
		for (const folder of folders) {
			const found = lockIn(path.join(home, folder));
			if (found !== undefined) return found;
		}
		await new Promise((resolve) => setImmediate(resolve));
	}
	return undefined;
}

function lockIn(folder) {
	if (!existsSync(folder)) return undefined;
	const name = readdirSync(folder).find((each) => /\.lock(file)?$/.test(each));
	return name && path.join(folder, name);
}
