import type {
	DocumentName,
	PieceStore,
	StoreFailure,
} from "../../cache/token-store.ts";
import { log } from "../../foundation/log.ts";
import { whole } from "../../foundation/text-pieces.ts";
import { fileDocument } from "./document-files.ts";
import { type DocumentKeeper, documentKeeper } from "./document-keeper.ts";
import type { DocumentPlace } from "./document-place.ts";
import { fileLock } from "./file-lock.ts";
import { leaseLock } from "./lease-lock.ts";
import {
	encryptedLocation,
	type Location,
	unencryptedLocation,
} from "./location.ts";
import { ensureDirectory } from "./private-directory.ts";
import type { Vault } from "./vault.ts";

/** Which cache on disk, and what the caller allows. */
export interface PersistentStoreOptions {
	readonly name: string;
	readonly directory?: string | undefined;
	readonly unsafeAllowUnencryptedStorage: boolean;
}

/** One store per cache on disk, so that all who use it in this process share its locks and its writes. */
const stores = new Map<string, PieceStore>();

/** The user's token cache on disk, shared with the other processes of the user. */
export function persistentStore(options: PersistentStoreOptions): PieceStore {
	const key = JSON.stringify([
		options.name,
		encryptedLocation({ ...options, cae: false }).file,
		options.unsafeAllowUnencryptedStorage,
	]);
	const known = stores.get(key);
	if (known !== undefined) return known;
	const store = openPersistentStore(options);
	stores.set(key, store);
	return store;
}

/** A store has one document for each combination of these. */
type DocumentKind = Pick<DocumentName, "cae" | "isOnBehalfOf">;

interface OpenDocument {
	readonly keeper: DocumentKeeper;
	readonly location: Location;
}

/** A handle of its own on a cache on disk. */
export function openPersistentStore(
	options: PersistentStoreOptions,
): PieceStore {
	const opened = new Map<string, Promise<OpenDocument>>();
	const open = ({ cae, isOnBehalfOf = false }: DocumentKind) => {
		const key = `${cae} ${isOnBehalfOf}`;
		const known = opened.get(key);
		if (known !== undefined) return known;
		const opening = openDocument({ ...options, cae, isOnBehalfOf });
		opened.set(key, opening);
		// What cannot be opened now may be later: a keyring that was locked, a directory that was mended.
		opening.catch(() => opened.delete(key));
		return opening;
	};
	return {
		async read(name) {
			const text = await (await open(name)).keeper.read();
			return text === undefined ? undefined : whole(text);
		},
		update: async (name, edit) =>
			(await open(name)).keeper.update((current) =>
				edit(current === undefined ? undefined : whole(current)),
			),
		pieces: {
			read: async (name) => (await open(name)).keeper.read(),
			update: async (name, edit) => (await open(name)).keeper.update(edit),
		},
		async lease(task, patience) {
			const { location } = await open({ cae: false });
			return leaseLock(`${location.file}.leases`, task).acquire(patience);
		},
	};
}

async function openDocument(
	options: PersistentStoreOptions & DocumentKind,
): Promise<OpenDocument> {
	let location = encryptedLocation(options);
	let place: DocumentPlace;
	try {
		place = await encryptedPlace(location);
	} catch (error) {
		const { cannotOpen } = error as StoreFailure;
		if (!options.unsafeAllowUnencryptedStorage || !cannotOpen) throw error;
		log.warning(
			`tokens are kept on disk unencrypted, as unsafeAllowUnencryptedStorage allows: ${error}`,
		);
		location = unencryptedLocation(options);
		place = await unencryptedPlace(location);
	}
	await ensureDirectory(location.directory);
	const lock = fileLock(`${location.file}.lockfile`);
	return { keeper: documentKeeper(place, lock), location };
}

/** Each platform is one file behind one contract, and loaded on that platform only. */
async function encryptedPlace(location: Location): Promise<DocumentPlace> {
	const { file, keyName } = location;
	if (process.platform === "darwin") {
		const { keychainDocument } = await import("./vaults/macos-keychain.ts");
		const place = keychainDocument(keyName, file);
		await place.check();
		return place;
	}
	const vault = await platformVault(keyName);
	await vault.check();
	return fileDocument(file, vault);
}

async function platformVault(keyName: string): Promise<Vault> {
	if (process.platform === "win32") {
		const { windowsDpapiVault } = await import("./vaults/windows-dpapi.ts");
		return windowsDpapiVault();
	}
	const { linuxKeyringVault } = await import("./vaults/linux-keyring.ts");
	return linuxKeyringVault(keyName);
}

async function unencryptedPlace({ file }: Location): Promise<DocumentPlace> {
	const { plainVault } = await import("./vaults/plain-file.ts");
	return fileDocument(file, plainVault());
}
