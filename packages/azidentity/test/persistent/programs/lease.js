// Holds the lease of a task in a process of its own until it is told on stdin to go on.
// Usage: lease.js MODULE FILE TASK hold              says "held"
//        lease.js MODULE FILE TASK hold-with-child   the same, after a child has said "child" that lives until its stdin ends
import { spawn } from "node:child_process";
import { once } from "node:events";

const [module_, file, task, how] = process.argv.slice(2);
const { leaseLock } = await import(module_);
const lease = await leaseLock(file, task).acquire(60_000);
if (how === "hold-with-child") {
	const code =
		"console.log('child'); process.stdin.resume().on('end', () => process.exit())";
	const child = spawn(process.execPath, ["-e", code], {
		stdio: ["inherit", "pipe", "ignore"],
		detached: true,
	});
	await once(child.stdout, "data");
	console.log("child");
}
console.log("held");
await once(process.stdin, "data");
await lease.release();
process.stdin.destroy();
