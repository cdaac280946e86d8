// Works with one lock in a process of its own, tells on stdout what happened, and is told on stdin to go on.
// Usage: lock.js MODULE PATH hold              holds the lock until told to go on
//        lock.js MODULE PATH hold-with-child   the same, with a child process that lives until its stdin ends
//        lock.js MODULE PATH exit              exits while it holds the lock
//        lock.js MODULE PATH once              takes the lock with endless patience, gives it back, and has nothing to do
//        lock.js MODULE PATH count FILE TIMES  when told to go on: adds 1 to the number in the file so many times, each
//                                       under the lock
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";

const [module_, path, task, file, times] = process.argv.slice(2);
const { fileLock } = await import(module_);
const lock = fileLock(path);
const say = (line) => process.stdout.write(`${line}\n`);

if (task === "count") {
	// The native code is loaded before, so that all who are told to go on at once do.
	await (
		await fileLock(`${path}.${process.pid}.lockfile`).acquire(0)
	).release();
	say("ready");
	await once(process.stdin, "data");
	for (let done = 0; done < Number(times); done += 1) {
		const lease = await lock.acquire(60_000);
		// Never a moment without the lock between reading and writing.
		const before = Number(readFileSync(file, "utf8"));
		await new Promise(setImmediate);
		writeFileSync(file, String(before + 1));
		await lease.release();
	}
	say("counted");
	process.stdin.destroy();
} else {
	const lease = await lock.acquire(task === "once" ? 2 ** 30 : 60_000);
	if (task === "hold-with-child") {
		// It starts only once the parent's files are as they will stay, and says so itself.
		const code =
			"console.log('child'); process.stdin.resume().on('end', () => process.exit())";
		spawn(process.execPath, ["-e", code], {
			stdio: ["inherit", "inherit", "ignore"],
			detached: true,
		});
	}
	say("held");
	if (task === "exit") process.exit();
	if (task !== "once") await once(process.stdin, "data");
	await lease.release();
	say("released");
	process.stdin.destroy();
}
