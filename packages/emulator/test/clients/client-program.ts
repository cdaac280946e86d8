import { execFileSync, spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, test } from "vitest";

/** One thing that a program tried, as it reported it. */
export type Step = { step: string } & Record<string, unknown>;

export interface ClientProgram {
	command: string;
	args?: readonly string[];
	cwd?: string;
	environment: Readonly<Record<string, string>>;
	/** Called for each step while the program goes on: a person approves what the program waits for. */
	onStep?(step: Step): Promise<void>;
}

/** Far beyond what any of the programs needs, and short of the test's own limit. */
const LONGEST_RUN_MS = 50_000;

/** Whatever the machine says about proxies, trust and identities would decide what a client does: it gets ours alone. */
const DECIDES_FOR_CLIENTS =
	/^(https?_proxy|all_proxy|no_proxy|azure_.*|identity_.*|msi_.*|imds_endpoint|node_extra_ca_certs|node_options|ssl_cert_.*|requests_ca_bundle|curl_ca_bundle|vitest.*)$/i;

function neutralEnvironment(): Record<string, string | undefined> {
	return Object.fromEntries(
		Object.entries(process.env).filter(
			([name]) => !DECIDES_FOR_CLIENTS.test(name),
		),
	);
}

/**
 * Runs a program that uses a client, in a process of its own because clients keep state, and trust, per process.
 * Resolves to its steps by name; rejects with what it wrote on stderr when it fails.
 */
export async function runClient(
	program: ClientProgram,
): Promise<Map<string, Step>> {
	const child = spawn(program.command, program.args ?? [], {
		cwd: program.cwd,
		env: { ...neutralEnvironment(), ...program.environment },
		stdio: ["ignore", "pipe", "pipe"],
		timeout: LONGEST_RUN_MS,
		killSignal: "SIGKILL",
	});
	let complaints = "";
	child.stderr.on("data", (part) => {
		complaints += part;
	});
	const ended = new Promise<number | null>((resolve, reject) => {
		child.on("error", reject);
		child.on("close", resolve);
	});
	const steps = new Map<string, Step>();
	for await (const line of createInterface({ input: child.stdout })) {
		const step = JSON.parse(line) as Step;
		steps.set(step.step, step);
		await program.onStep?.(step);
	}
	const code = await ended;
	if (code === 0) return steps;
	throw new Error(
		`${program.command} ${program.args?.join(" ") ?? ""} ended with ${code} after [${[...steps.keys()]}]:\n${complaints}`,
	);
}

/** Runs one of the programs beside this file with Node. */
export function runNode(
	program: string,
	args: readonly string[],
	rest: Omit<ClientProgram, "command" | "args">,
): Promise<Map<string, Step>> {
	const file = path.join(import.meta.dirname, "programs", program);
	return runClient({
		command: process.execPath,
		args: [file, ...args],
		...rest,
	});
}

export function stepOf(steps: Map<string, Step>, name: string): Step {
	const step = steps.get(name);
	if (step === undefined)
		throw new Error(
			`The program did not report "${name}"; it reported ${[...steps.keys()].join(", ")}.`,
		);
	return step;
}

/** What to say when a tool is not there, else `undefined`. In CI a missing tool is a failure and not a reason to skip. */
export function lack(
	advice: string,
	tool: string,
	...args: string[]
): string | undefined {
	if (process.env.CI === "true") return undefined;
	try {
		execFileSync(tool, args, { stdio: "ignore" });
		return undefined;
	} catch {
		return advice;
	}
}

/** A suite, or one skipped test that says what is missing. */
export function describeUnless(
	missing: string | undefined,
	name: string,
	suite: () => void,
): void {
	if (missing === undefined) describe(name, suite);
	else test(name, (context) => context.skip(missing));
}
