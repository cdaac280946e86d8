import { execFileSync } from "node:child_process";
import { describe, test } from "vitest";

/** A suite that needs the `openssl` of the machine, or one skipped test that says so. In CI it has to be there. */
export function describeWithOpenssl(name: string, suite: () => void): void {
	if (process.env.CI === "true" || isThere()) describe(name, suite);
	else
		test(name, (context) =>
			context.skip("there is no openssl here; install it"),
		);
}

/** Runs it in a folder; what it says goes to the test's output when it fails. */
export function openssl(folder: string, ...args: string[]): void {
	execFileSync("openssl", args, {
		cwd: folder,
		stdio: ["ignore", "ignore", "pipe"],
	});
}

function isThere(): boolean {
	try {
		openssl(".", "version");
		return true;
	} catch {
		return false;
	}
}
