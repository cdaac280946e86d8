import { randomUUID } from "node:crypto";
import { removeKey } from "../../test/persistent/kernel-keys.ts";
import type { Fault } from "../fault.ts";
import { ownAuthority } from "../programs/own-authority.js";
import { damagedBytes } from "./damaged-bytes.ts";
import { damagedFiles } from "./damaged-files.ts";

/** Shorter than Entra's, so that a file can be cut off at each of its lengths. */
const TOKEN_BYTES = 600;

export const damaged: Fault = {
	name: "damaged",
	what: "damaged files: cut off at each length, each bit of the header and 10,000 random bits flipped, random bytes, huge, empty, a directory, links, another user's, other modes",
	mustHold:
		"never a crash, never a wrong token, healed by the next write, the damaged file kept aside once",
	unit: "files",
	budgets: { short: 150, usual: 20_000, long: 1_000_000 },
	needs: ["linux", "root", "keyring"],
	isVaried: true,
	async run(trial) {
		const name = `campaign-${randomUUID()}`;
		const authority = ownAuthority(TOKEN_BYTES);
		const job = { trial, authority, name, originals: new Set<string>() };
		try {
			const strange = await damagedFiles(job);
			const done = await damagedBytes(job);
			const notes = [
				`and ${strange} that are no document of the user's, or open to others`,
			];
			return { done, notes };
		} finally {
			removeKey(name);
		}
	},
};
