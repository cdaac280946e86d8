// Starts a smoke test of packages/azidentity/test-runtimes in a runtime, does what it asks for, and collects what it says.
// They speak in lines of JSON: nothing secret is ever in an argv.
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

/** Many times what the slowest takes on a busy machine: only a program that hangs meets it. */
const LIMIT_MS = 180_000;
const root = path.dirname(import.meta.dirname);
/** Has the kernel refuse what it refuses in containers. */
const CONTAINER = [
	"python3",
	path.join(
		root,
		"packages/azidentity/test/persistent/programs/refuse-calls.py",
	),
	"add_key=1",
	"keyctl=1",
	"--",
];

/** Resolves to `[{ title, failure }]`, where a test that holds has no failure. */
export async function runSmoke({ command, program, home, env }, emulator, job) {
	const wrapped =
		job.role === "inContainer" ? [...CONTAINER, ...command] : command;
	const [first, ...args] = [...wrapped, program];
	const child = spawn(first, args, {
		cwd: home,
		env,
		timeout: LIMIT_MS,
		killSignal: "SIGKILL",
	});
	const closed = once(child, "close");
	let noise = "";
	child.stderr.on("data", (text) => {
		noise += text;
	});
	const tell = (line) => child.stdin.write(`${JSON.stringify(line)}\n`);
	// A program that died is told nothing more.
	child.stdin.on("error", () => {});
	tell(job);

	const results = [];
	let isFinished = false;
	const calls = {
		clearRequests: () => emulator.clearRequests(),
		requests: () => emulator.requests(),
		tokenRequests: async () =>
			(await emulator.requests())
				.map(({ grantType }) => grantType)
				.filter(Boolean),
		approveDevice: (...about) => emulator.approveDevice(...about),
		suspend: () => emulator.suspend(),
		resume: () => emulator.resume(),
		/** Starts the same program in another role, in a process of its own. */
		async start(more) {
			const subject = { command, program, home, env };
			const found = await runSmoke(subject, emulator, { ...job, ...more });
			results.push(...found);
		},
	};
	for await (const line of createInterface({ input: child.stdout })) {
		const said = JSON.parse(line);
		isFinished ||= said.finished === true;
		if (said.title !== undefined) results.push(said);
		if (said.call === undefined) continue;
		try {
			tell({ result: (await calls[said.call](...said.args)) ?? null });
		} catch (error) {
			tell({ failed: String(error) });
		}
	}
	const [code, signal] = await closed;
	if (!isFinished || code !== 0)
		results.push({
			title: `${job.role} runs to its end`,
			failure: `ended with ${signal ?? code} after ${results.length} tests\n${noise}`,
		});
	return results;
}
