import { parseArgs } from "node:util";
// By its own name: the built command then loads the one built library, and the worker beside it is found.
import { type EmulatorOptions, startEmulator } from "@azidentity/emulator";
import { directions, facts } from "./directions.ts";

/** HTTPS's usual number for development; the other two follow it. */
const DEFAULT_PORT = 8443;

const USAGE = `Usage: azidentity-emulator [options]

Microsoft Entra ID, managed identity endpoints and a proxy on this machine, until Ctrl+C.

  --port N                   of the authority (HTTPS); default ${DEFAULT_PORT}, 0 for any free one
  --managed-identity-port N  default: the one after the authority's
  --proxy-port N             default: the second after the authority's
  --directory PATH           where certificates are kept; default: in your cache directory
  --elsewhere tunnel         let the proxy reach other hosts too; it refuses them otherwise
  --json                     print everything a program needs as one JSON object, on one line
  --help
`;

/** The caller's mistake, in one sentence for its terminal. */
class UsageError extends Error {}

/** The shell's convention for a command that was called wrongly. */
const WRONG_USAGE = 2;

try {
	await main();
} catch (error) {
	process.exitCode = error instanceof UsageError ? WRONG_USAGE : 1;
	console.error(error instanceof Error ? error.message : error);
}

async function main(): Promise<void> {
	const { values } = readArguments();
	if (values.help) {
		process.stdout.write(USAGE);
		return;
	}
	const options = emulatorOptions(values);
	const emulator = await startEmulator(options).catch((error: unknown) => {
		throw isPortTaken(error) ? portTaken(error.port) : error;
	});
	endOnSignals(() => emulator.close());
	process.stdout.write(
		values.json ? `${JSON.stringify(facts(emulator))}\n` : directions(emulator),
	);
}

function readArguments() {
	try {
		return parseArgs({
			options: {
				port: { type: "string" },
				"managed-identity-port": { type: "string" },
				"proxy-port": { type: "string" },
				directory: { type: "string" },
				elsewhere: { type: "string", default: "refuse" },
				json: { type: "boolean", default: false },
				help: { type: "boolean", short: "h", default: false },
			},
		});
	} catch (error) {
		const { message } = error as Error;
		throw new UsageError(`${message.split(". ")[0]}.\n\n${USAGE}`);
	}
}

function emulatorOptions(
	values: ReturnType<typeof readArguments>["values"],
): EmulatorOptions {
	const port = portOf("port", values.port) ?? DEFAULT_PORT;
	const next = (by: number) => (port === 0 ? 0 : port + by);
	const { directory, elsewhere } = values;
	if (elsewhere !== "refuse" && elsewhere !== "tunnel")
		throw new UsageError(`--elsewhere is "refuse" or "tunnel".`);
	return {
		port,
		managedIdentityPort:
			portOf("managed-identity-port", values["managed-identity-port"]) ??
			next(1),
		proxyPort: portOf("proxy-port", values["proxy-port"]) ?? next(2),
		elsewhere,
		...(directory !== undefined && { directory }),
	};
}

function portOf(name: string, text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const port = Number(text);
	if (/^\d+$/.test(text) && port <= 65_535) return port;
	throw new UsageError(`--${name} is a number from 0 to 65535, not "${text}".`);
}

function isPortTaken(error: unknown): error is Error & { port?: number } {
	return (error as NodeJS.ErrnoException | undefined)?.code === "EADDRINUSE";
}

function portTaken(port: number | undefined): Error {
	return new Error(
		`Port ${port ?? ""} is taken, maybe by another emulator. Choose others with --port N (the managed identity endpoints and the proxy take the two after it), or --port 0 for any that are free.`,
	);
}

function endOnSignals(close: () => Promise<void>): void {
	let isEnding = false;
	const end = () => {
		// Whoever asks twice does not want to wait.
		if (isEnding) process.exit(1);
		isEnding = true;
		close().catch((error: unknown) => {
			console.error(error);
			process.exitCode = 1;
		});
	};
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, end);
}
