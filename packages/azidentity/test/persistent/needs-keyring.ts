import { randomUUID } from "node:crypto";
import { beforeEach } from "vitest";
import { findKey, putKey, removeKey } from "./kernel-keys.ts";

/** Whether this kernel keeps keys for us: many containers forbid the calls. */
function hasKeyring(): boolean {
	if (process.platform !== "linux") return true; // other tests say what they need there
	const name = `azidentity-test-${randomUUID()}`;
	putKey(name, Buffer.from("x"));
	const isThere = findKey(name) !== undefined;
	removeKey(name);
	return isThere;
}

/** Skips the tests of a file where the kernel keeps no keys, and says so. */
export function needsKeyring(): void {
	const isThere = hasKeyring();
	beforeEach((context) => {
		if (!isThere)
			context.skip(
				"this kernel keeps no keys for us: run it outside the container, or allow add_key and keyctl in its seccomp profile",
			);
	});
}
