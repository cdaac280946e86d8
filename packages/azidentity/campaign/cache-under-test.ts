import path from "node:path";
import { TokenCache } from "../src/cache/token-cache.ts";
import type { PieceStore } from "../src/cache/token-store.ts";
import { whole } from "../src/foundation/text-pieces.ts";
import { ClientSecretCredential } from "../src/index.ts";
import { fileDocument } from "../src/stores/persistent/document-files.ts";
import { documentKeeper } from "../src/stores/persistent/document-keeper.ts";
import { fileLock } from "../src/stores/persistent/file-lock.ts";
import { leaseLock } from "../src/stores/persistent/lease-lock.ts";
import { openPersistentStore } from "../src/stores/persistent/persistent-store.ts";
import { ensureDirectory } from "../src/stores/persistent/private-directory.ts";
import { plainVault } from "../src/stores/persistent/vaults/plain-file.ts";
import {
	type OwnAuthority,
	optionsFor,
	ownAuthority,
	WHO,
} from "./programs/own-authority.js";

/** How a document lies on disk. */
export type Kind = "encrypted" | "plain";

/** A cache on disk, and callers that share no memory, as if each were in a process of its own. */
export interface CacheUnderTest {
	/** The document's file. */
	readonly file: string;
	/** Where a document that could not be opened is kept aside. */
	readonly aside: string;
	/** A caller that knows only what is on disk. */
	caller(): ClientSecretCredential;
	/** The token that a new caller finds on disk, with the authority off; undefined when there is none. */
	found(scope: string): Promise<string | undefined>;
}

/** An authority that never answers. */
const nobody = Object.assign(ownAuthority(), { isOff: true });

export function cacheUnderTest(
	kind: Kind,
	directory: string,
	name: string,
	authority: OwnAuthority,
): CacheUnderTest {
	const file = path.join(directory, name);
	const storage = { name, directory, unsafeAllowUnencryptedStorage: false };
	const callerOf = (asked: OwnAuthority) => {
		const store =
			kind === "plain" ? plainStore(file) : openPersistentStore(storage);
		const tokenCache = new TokenCache({ store });
		return new ClientSecretCredential(...WHO, {
			...optionsFor(asked),
			tokenCache,
		});
	};
	return {
		file,
		aside: `${file}.unreadable`,
		caller: () => callerOf(authority),
		found: (scope) =>
			callerOf(nobody)
				.getToken(scope)
				.then(
					({ token }) => token,
					() => undefined,
				),
	};
}

/** The parts of the store as they are put together where there is no place for keys. */
function plainStore(file: string): PieceStore {
	const lock = fileLock(`${file}.lockfile`);
	const keeper = documentKeeper(fileDocument(file, plainVault()), lock);
	const ready = () => ensureDirectory(path.dirname(file));
	const pieces: PieceStore["pieces"] = {
		read: () => ready().then(() => keeper.read()),
		update: (_, edit) => ready().then(() => keeper.update(edit)),
	};
	return {
		pieces,
		async read(name) {
			const text = await pieces.read(name);
			return text === undefined ? undefined : whole(text);
		},
		update: (name, edit) =>
			pieces.update(name, (text) =>
				edit(text === undefined ? undefined : whole(text)),
			),
		lease: (task, patience) =>
			ready().then(() => leaseLock(`${file}.leases`, task).acquire(patience)),
	};
}
