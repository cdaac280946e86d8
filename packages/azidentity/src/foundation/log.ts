import type { AzureLogger, Debugger } from "@azure/logger";
import { redact } from "./redact.ts";

type Level = "error" | "warning" | "info" | "verbose";

const NAMESPACE = "azure:identity";

/** How much each level of AZURE_LOG_LEVEL lets through. */
const WEIGHT: Readonly<Record<string, number>> = {
	error: 1,
	warning: 2,
	info: 3,
	verbose: 4,
};

/** `null` when there is no such package; then there is nowhere to write to. */
let loaded: AzureLogger | null | undefined;
let loading: Promise<void> | undefined;
let waiting: { level: Level; args: unknown[] }[] = [];
const redirected = new Map<Level, Debugger["log"]>();

/**
 * Writes to the log of `azure:identity`, which AZURE_LOG_LEVEL and `setLogLevel` of `@azure/logger`
 * turn on. That package is loaded at the first line; lines keep their order. Whatever looks like a
 * token is cut out.
 */
export const log = {
	error: (message: string): void => write("error", [message]),
	warning: (message: string): void => write("warning", [message]),
	info: (message: string): void => write("info", [message]),
	verbose: (message: string): void => write("verbose", [message]),
} as const;

/** The logger of this package, for programs that redirect or add to it. */
export const logger: AzureLogger = {
	error: /* @__PURE__ */ lateDebugger("error"),
	warning: /* @__PURE__ */ lateDebugger("warning"),
	info: /* @__PURE__ */ lateDebugger("info"),
	verbose: /* @__PURE__ */ lateDebugger("verbose"),
};

/** Resolves when every line so far has been written. */
export async function flushLog(): Promise<void> {
	await loading;
}

function write(level: Level, args: unknown[]): void {
	if (loaded === null) return;
	if (loaded !== undefined) {
		writeTo(loaded[level], args);
		return;
	}
	waiting.push({ level, args });
	loading ??= load();
}

function writeTo(target: Debugger, args: unknown[]): void {
	if (!target.enabled) return;
	target(...args.map((arg) => (typeof arg === "string" ? redact(arg) : arg)));
}

async function load(): Promise<void> {
	try {
		const { createClientLogger } = await import("@azure/logger");
		const target = createClientLogger("identity");
		for (const [level, sink] of redirected) target[level].log = sink;
		for (const { level, args } of waiting) writeTo(target[level], args);
		loaded = target;
	} catch {
		loaded = null; // nobody can have turned the log on, and lines are not worth a failure
	}
	waiting = [];
}

function lateDebugger(level: Level): Debugger {
	const isOnByEnvironment = () =>
		(WEIGHT[process.env.AZURE_LOG_LEVEL ?? ""] ?? 0) >= (WEIGHT[level] ?? 0);
	const properties: Omit<Debugger, "call" | "apply"> = {
		get enabled() {
			return loaded?.[level].enabled ?? isOnByEnvironment();
		},
		set enabled(isOn) {
			if (loaded) loaded[level].enabled = isOn;
		},
		get log() {
			return (
				loaded?.[level].log ??
				redirected.get(level) ??
				((...args: unknown[]) => write(level, args))
			);
		},
		set log(sink) {
			redirected.set(level, sink);
			if (loaded) loaded[level].log = sink;
		},
		namespace: `${NAMESPACE}:${level}`,
		destroy: () => loaded?.[level].destroy() ?? false,
		extend: (namespace) => {
			const prefixed = (...args: unknown[]) =>
				write(level, [`[${namespace}]`, ...args]);
			return Object.defineProperties(
				prefixed,
				Object.getOwnPropertyDescriptors(properties),
			) as unknown as Debugger;
		},
	};
	return Object.defineProperties(
		(...args: unknown[]) => write(level, args),
		Object.getOwnPropertyDescriptors(properties),
	) as unknown as Debugger;
}
