import { createHash } from "node:crypto";
import { type BigIntStats, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

/** What the Azure CLI keeps about who is signed in, as texts that change whenever it does. */
export interface AzureCliProfile {
	/** Who is signed in, to which cloud and subscription. */
	account(): string;
	/** The tokens it holds; it writes them itself when it renews one. */
	tokens(): string;
}

const ACCOUNT_FILES = ["azureProfile.json", "clouds.config", "config"];
const TOKEN_FILES = [
	"msal_token_cache.bin",
	"msal_token_cache.json",
	"service_principal_entries.bin",
	"service_principal_entries.json",
];

/**
 * A file written twice within one tick of its file system's clock may look the same both times. The slowest clock, FAT's,
 * ticks every two seconds: a file that has changed since then is read again each time.
 */
const SLOWEST_TICK_MS = 2_000;

/** @param now In milliseconds since 1970, by the clock that files are stamped with. */
export function azureCliProfile(now = Date.now): AzureCliProfile {
	const known = new Map<string, Seen>();
	const textOf = (names: readonly string[]) => {
		const folder =
			process.env.AZURE_CONFIG_DIR || path.join(homedir(), ".azure");
		return names
			.map((name) => fingerprint(path.join(folder, name), known, now))
			.join(" ");
	};
	return {
		account: () => textOf(ACCOUNT_FILES),
		tokens: () => textOf(TOKEN_FILES),
	};
}

interface Seen {
	readonly version: string;
	readonly hash: string;
}

/** A hash of what is in the file, read only when the file looks changed. What cannot be read counts as what it says. */
function fingerprint(
	file: string,
	known: Map<string, Seen>,
	now: () => number,
): string {
	try {
		const found = statSync(file, { bigint: true, throwIfNoEntry: false });
		if (found === undefined) return "none";
		const version = versionOf(found);
		const seen = known.get(file);
		const isOld = Number(found.mtimeMs) + SLOWEST_TICK_MS < now();
		if (isOld && seen?.version === version) return seen.hash;
		const hash = createHash("sha256").update(readFileSync(file));
		const fresh = { version, hash: hash.digest("base64url") };
		known.set(file, fresh);
		return fresh.hash;
	} catch (error) {
		return String((error as NodeJS.ErrnoException).code);
	}
}

function versionOf(found: BigIntStats): string {
	const { dev, ino, size, mtimeNs, ctimeNs } = found;
	return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
}
