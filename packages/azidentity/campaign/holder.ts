import { bundled, startNode } from "../test/persistent/lock-programs.ts";

/** Which of a cache's locks: that of the document, or the lease of a task. */
export type Held = "document" | "lease";

/** The task of the leases that a holder has. */
export const TASK = "a task";

const SOURCES = {
	fileLock: "stores/persistent/file-lock.ts",
	leaseLock: "stores/persistent/lease-lock.ts",
};

/** A process that holds a lock. */
export interface Holder {
	readonly child: ReturnType<typeof startNode>["child"];
	readonly ended: Promise<unknown>;
}

let bundle: ReturnType<typeof bundled> | undefined;

/** Starts a process that holds a lock of the cache in this file; resolves when it does. */
export async function holder(what: Held, file: string): Promise<Holder> {
	if (bundle === undefined) {
		bundle = bundled(SOURCES);
		const { remove } = await bundle;
		process.once("exit", remove);
	}
	const { file: module_ } = await bundle;
	const { child, ended, next } =
		what === "document"
			? startNode("lock.js", module_, `${file}.lockfile`, "hold")
			: startNode("lease.js", module_, `${file}.leases`, TASK, "hold");
	const said = await next();
	if (said !== "held") throw new Error(`the holder said ${said}`);
	return { child, ended };
}
