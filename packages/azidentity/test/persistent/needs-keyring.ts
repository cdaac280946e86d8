import { beforeEach } from "vitest";
import { hasKeyring } from "./has-keyring.ts";

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
