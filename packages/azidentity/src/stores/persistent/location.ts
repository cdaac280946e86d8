import os from "node:os";
import path from "node:path";

/** Where one flavour of a cache lies. */
export interface Location {
	readonly directory: string;
	/** The file, or on macOS the marker beside the keychain item. */
	readonly file: string;
	/** What its key, or on macOS its keychain item, is called. */
	readonly keyName: string;
}

interface Place {
	readonly name: string;
	readonly cae: boolean;
	readonly isOnBehalfOf?: boolean;
	/** In place of the platform's directory. */
	readonly directory?: string | undefined;
}

const FOLDER = ".IdentityService";

/** Where the encrypted cache lies: the place the other libraries of the platform share (architecture §4). */
export function encryptedLocation(place: Place): Location {
	const directory = place.directory ?? platformDirectory();
	const isWindows = process.platform === "win32";
	const plainEnding = isWindows ? ".nocae" : "";
	const keyName = `${documentsName(place)}${place.cae ? ".cae" : plainEnding}`;
	const file = path.join(directory, keyName);
	// A keychain has no directories: without this, two caches of one name would be one item under two locks.
	const isApart =
		process.platform === "darwin" && place.directory !== undefined;
	return { directory, file, keyName: isApart ? file : keyName };
}

/**
 * Where the unencrypted cache lies, for those who allow it by name: where Python's and JavaScript's
 * fallbacks are, and never where an encrypted file belongs.
 */
export function unencryptedLocation(place: Place): Location {
	const directory =
		place.directory === undefined
			? path.join(os.homedir(), FOLDER)
			: path.join(place.directory, "unencrypted");
	const keyName = `${documentsName(place)}${place.cae ? ".cae" : ".nocae"}`;
	return { directory, file: path.join(directory, keyName), keyName };
}

/** What was got on behalf of an assertion's bearer lies beside the rest, under a name that no other library reads. */
function documentsName({ name, isOnBehalfOf = false }: Place): string {
	return isOnBehalfOf ? `${name}.obo` : name;
}

function platformDirectory(): string {
	switch (process.platform) {
		case "win32":
			return path.join(
				process.env.LOCALAPPDATA ?? path.join(os.homedir(), "AppData", "Local"),
				FOLDER,
			);
		case "darwin":
			return path.join(os.homedir(), FOLDER);
		default: {
			const { XDG_CACHE_HOME: cache } = process.env;
			// The XDG specification has relative paths ignored.
			return cache !== undefined && path.isAbsolute(cache)
				? path.join(cache, FOLDER)
				: path.join(os.homedir(), ".cache", FOLDER);
		}
	}
}
