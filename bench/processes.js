// Starts the processes of a measure, each with a home of its own or shared, and hears what they say.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { commandOf } from "./subjects.js";

export const IDENTITY = {
	tenantId: "aaaa1111-0000-4000-8000-000000000001",
	clientId: "c0000000-0000-4000-8000-00000000da01",
};

/** No process of a measure takes longer, be the machine ever so busy. */
const LIMIT_MS = 600_000;

/** Runs a job to its end, which must be a good one, and resolves to the last it said. */
export async function work(subject, job, options) {
	const { code, said, complaints } = await (
		await startWork(subject, job, options)
	).ended;
	if (code === 0) return said.at(-1);
	throw new Error(`it ended with ${code}: ${firstLine(complaints)}`);
}

/** Starts a job: `ready` when it waits for `go`, `ended` with its code and all it said. */
export async function startWork(subject, job, { home, nodeArgs = [] } = {}) {
	const [command, ...args] = await commandOf(subject);
	const input = { ...IDENTITY, ...job };
	return startProcess([command, ...nodeArgs, ...args], { home, input });
}

/** Starts any program that speaks in lines of JSON. */
export function startProcess(
	[command, ...args],
	{ home, input = {}, environment } = {},
) {
	const started = performance.now();
	const child = spawn(command, args, {
		env: { ...environmentOf(home), ...environment },
		timeout: LIMIT_MS,
		killSignal: "SIGKILL",
	});
	const said = [];
	let complaints = "";
	let firstMs;
	const isReady = resolvers();
	child.stderr.setEncoding("utf8").on("data", (text) => {
		complaints += text;
	});
	createInterface({ input: child.stdout }).on("line", (line) => {
		firstMs ??= performance.now() - started;
		said.push(JSON.parse(line));
		isReady.resolve();
	});
	const ended = new Promise((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code, signal) => {
			isReady.resolve();
			resolve({ code: code ?? signal, said, complaints, firstMs });
		});
	});
	// One that has ended reads no more.
	child.stdin.on("error", () => {});
	child.stdin.write(`${JSON.stringify(input)}\n`);
	return {
		child,
		said,
		ended,
		ready: isReady.promise,
		go: () => child.stdin.end("\n"),
	};
}

function resolvers() {
	const made = {};
	made.promise = new Promise((resolve) => {
		made.resolve = resolve;
	});
	return made;
}

/** What the machine says about proxies and identities is not for them. */
function environmentOf(home) {
	const { PATH, HOME, NODE_EXTRA_CA_CERTS } = process.env;
	return home === undefined
		? { PATH, HOME, ...(NODE_EXTRA_CA_CERTS && { NODE_EXTRA_CA_CERTS }) }
		: { PATH, HOME: home, XDG_CACHE_HOME: `${home}/.cache` };
}

export const firstLine = (text) =>
	text.split("\n").find((line) => /error|exception/i.test(line)) ??
	text.trim().split("\n")[0];
