import { bundled, startNode } from "../test/persistent/lock-programs.ts";

const SOURCES = {
	fileLock: "stores/persistent/file-lock.ts",
	leaseLock: "stores/persistent/lease-lock.ts",
};

/** A process that holds a lock. */
export interface Holder {
	readonly pid: number;
	kill(signal: NodeJS.Signals): void;
	readonly ended: Promise<unknown>;
}

/** Starts a process that holds the document's lock, or the lease of a task; resolves when it does. */
export async function holder(
	what: "document" | "lease",
	file: string,
): Promise<Holder> {
	const { file: module_, remove } = await bundled(SOURCES);
	const program =
		what === "document"
			? startNode("lock.js", module_, `${file}.lockfile`, "hold")
			: startNode("lease.js", module_, `${file}.leases`, "a task", "hold");
	try {
		const said = await program.next();
		if (said !== "held") throw new Error(`the holder said ${said}`);
	} finally {
		remove();
	}
	const { child, ended } = program;
	return {
		pid: child.pid ?? 0,
		kill: (signal) => child.kill(signal),
		ended,
	};
}

/** A lock that a stopped process keeps, until what is returned is called. */
export async function holdStopped(
	what: "document" | "lease",
	file: string,
): Promise<() => Promise<void>> {
	const { kill, ended } = await holder(what, file);
	kill("SIGSTOP");
	return async () => {
		kill("SIGKILL");
		await ended;
	};
}
