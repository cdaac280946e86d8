import assert from "node:assert/strict";
import { inspect } from "node:util";
import { AzureLogger, setLogLevel } from "@azure/logger";
import { afterEach, beforeEach } from "vitest";
import { flushLog } from "../../src/foundation/log.ts";

/** Everything the log said since the test began, at its most talkative. */
export function capturedLog(): () => Promise<string> {
	let lines: string[] = [];
	let writeLog: typeof AzureLogger.log;
	beforeEach(() => {
		lines = [];
		writeLog = AzureLogger.log;
		AzureLogger.log = (...args) => lines.push(inspect(args, { depth: 20 }));
		setLogLevel("verbose");
	});
	afterEach(() => {
		AzureLogger.log = writeLog;
		setLogLevel(undefined);
	});
	return async () => {
		await flushLog();
		return lines.join("\n");
	};
}

/** Every way in which a value, an error above all, gets onto a screen or into a file. */
export function printed(value: unknown): string {
	const texts = [
		String(value),
		inspect(value, { depth: 20, showHidden: true, getters: true }),
		JSON.stringify(value),
	];
	if (value instanceof Error)
		texts.push(value.message, value.stack ?? "", printed(value.cause));
	return texts.join("\n");
}

export function assertShowsNone(secrets: readonly string[], text: string) {
	for (const secret of secrets) {
		assert.ok(secret.length > 0);
		const at = text.indexOf(secret);
		const around = text.slice(Math.max(0, at - 200), at + 200);
		assert.equal(at, -1, `"${secret}" is in: ${around}`);
	}
}

/** Signed by nobody, so that nobody takes it for a real one. */
export const PLANTED_JWT =
	"eyJhbGciOiJub25lIn0.eyJwbGFudGVkIjoicGxhbnRlZCJ9.plantedSignature";

/** Options with which the most that may be said is said. */
export const TALKATIVE = {
	loggingOptions: {
		enableUnsafeSupportLogging: true,
		allowLoggingAccountIdentifiers: true,
	},
};

/**
 * Asks for a token; whatever comes of it, nothing of what is planted is on any screen or in any file.
 * Gives the failure, if it is one.
 */
export async function assertSilent(
	credential: { getToken(scope: string): Promise<unknown> },
	scope: string,
	planted: readonly string[],
	logged: () => Promise<string>,
): Promise<unknown> {
	const failure = await credential.getToken(scope).then(
		() => undefined,
		(error: unknown) => error,
	);
	if (failure !== undefined) assertShowsNone(planted, printed(failure));
	assertShowsNone(planted, printed(credential));
	const log = await logged();
	assert.match(log, /=> getToken\(\) => (SUCCESS|ERROR)/);
	assertShowsNone(planted, log);
	return failure;
}
