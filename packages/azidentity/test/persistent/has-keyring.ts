import { randomUUID } from "node:crypto";
import { findKey, putKey, removeKey } from "./kernel-keys.ts";

/** Whether this kernel keeps keys for us: many containers forbid the calls. */
export function hasKeyring(): boolean {
	if (process.platform !== "linux") return true; // other tests say what they need there
	const name = `azidentity-test-${randomUUID()}`;
	putKey(name, Buffer.from("x"));
	const isThere = findKey(name) !== undefined;
	removeKey(name);
	return isThere;
}
