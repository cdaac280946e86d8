import { Worker } from "node:worker_threads";
import { cacheDirectory } from "./cache-directory.ts";
import type { Emulator, EmulatorOptions } from "./emulator.ts";
import type {
	Call,
	EmulatorFacts,
	FailedStart,
	WorkerMessage,
	WorkerStart,
} from "./worker-messages.ts";

/**
 * Starts an emulator in a thread of its own, on loopback only. Keep what it returns, and close it in the end: it keeps
 * the process alive. Rejects when the directory cannot be written, and with `code: "EADDRINUSE"` and its `port` when
 * a port is taken.
 */
export async function startEmulator(
	options: EmulatorOptions = {},
): Promise<Emulator> {
	const start: WorkerStart = {
		options,
		directory: options.directory ?? cacheDirectory(),
	};
	const worker = new Worker(new URL("./worker.js", import.meta.url), {
		workerData: start,
		name: "azidentity-emulator",
		// How the program itself was started (--eval, loaders, a debugger's port) is not for this thread.
		execArgv: [],
	});
	try {
		const facts = await readiness(worker);
		return emulator(worker, facts, caller(worker));
	} catch (error) {
		await worker.terminate();
		throw error;
	}
}

/** Sends a command to the worker; resolves to its result. */
type SendCommand = (command: string, argument?: unknown) => Promise<unknown>;

/**
 * The methods speak to the worker by messages and not through the control API: the authority may be suspended, and
 * nothing a test does here shows up as a connection of its own. Both run the same commands.
 */
function emulator(
	worker: Worker,
	facts: EmulatorFacts,
	send: SendCommand,
): Emulator {
	const tell = async (command: string, argument?: unknown) => {
		await send(command, argument);
	};
	let closing: Promise<void> | undefined;
	return {
		...facts,
		requests: () => send("requests") as ReturnType<Emulator["requests"]>,
		clearRequests: () => tell("clearRequests"),
		configure: (knobs) =>
			send("configure", knobs) as ReturnType<Emulator["configure"]>,
		addFault: (fault) => tell("addFault", fault),
		clearFaults: () => tell("clearFaults"),
		advanceClock: (milliseconds) => tell("advanceClock", { milliseconds }),
		revoke: (subject) => tell("revoke", { subject }),
		approveDevice: (userCode, username) =>
			tell("approveDevice", { userCode, username }),
		denyDevice: (userCode) => tell("denyDevice", { userCode }),
		routeHost: (host, port) => tell("routeHost", { host, port }),
		updateUser: (username, patch) => tell("updateUser", { username, patch }),
		updateApp: (clientId, patch) => tell("updateApp", { clientId, patch }),
		suspend: () => tell("suspend"),
		resume: () => tell("resume"),
		close() {
			closing ??= tell("close").finally(() => worker.terminate());
			return closing;
		},
	};
}

/** Waits for the worker to listen. */
function readiness(worker: Worker): Promise<EmulatorFacts> {
	return new Promise((resolve, reject) => {
		worker.once("message", (message: WorkerMessage) => {
			if (message.kind === "ready") resolve(message.facts);
			else if (message.kind === "failed") reject(startError(message));
		});
		worker.once("error", reject);
		worker.once("exit", () =>
			reject(new Error("The emulator's thread ended before it had started.")),
		);
	});
}

function startError({ error, code, port }: FailedStart & { error: string }) {
	const failure = new Error(`The emulator did not start: ${error}`);
	return Object.assign(failure, code && { code }, port && { port });
}

interface Pending {
	resolve(result: unknown): void;
	reject(error: Error): void;
}

function caller(worker: Worker): SendCommand {
	const pending = new Map<number, Pending>();
	let last = 0;
	let ended: Error | undefined;
	const end = (error: Error) => {
		ended ??= error;
		for (const { reject } of pending.values()) reject(ended);
		pending.clear();
	};
	worker.on("message", (message: WorkerMessage) => {
		if (message.kind !== "done" && message.kind !== "refused") return;
		const call = pending.get(message.id);
		pending.delete(message.id);
		if (message.kind === "done") call?.resolve(message.result);
		else call?.reject(new Error(message.error));
	});
	worker.on("error", end);
	worker.on("exit", () => end(new Error("The emulator has been closed.")));
	return (command, argument) =>
		new Promise((resolve, reject) => {
			if (ended !== undefined) return reject(ended);
			last += 1;
			pending.set(last, { resolve, reject });
			worker.postMessage({ id: last, command, argument } satisfies Call);
		});
}
