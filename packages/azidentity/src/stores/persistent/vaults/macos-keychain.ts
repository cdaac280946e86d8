import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import type { AsyncEntry } from "@napi-rs/keyring";
import { log } from "../../../foundation/log.ts";
import { type Text, whole } from "../../../foundation/text-pieces.ts";
import { cannotOpen, pathFailure } from "../cannot-open.ts";
import type { DocumentPlace } from "../document-place.ts";
import { platformPackage } from "../native/platform-package.ts";

/** What is used of a keychain item, in the terms of `@napi-rs/keyring`. Texts are kept as UTF-8. */
export type KeychainItem = Pick<
	AsyncEntry,
	"getPassword" | "getSecret" | "setPassword" | "setSecret"
>;

/** Names a keychain item, whether it is there or not. */
export type OpenItem = (
	service: string,
	account: string,
) => Promise<KeychainItem>;

/** A document in the keychain. */
export interface KeychainDocument extends DocumentPlace {
	/** Rejects with an error that says `cannotOpen` when the keychain lets nobody in. Changes nothing. */
	check(): Promise<void>;
}

/** What every library calls the account of its item; the caches of a user differ by service. */
const ACCOUNT = "MSALCache";
/** Where an item that is no text is kept before it is written over. */
const ASIDE_ACCOUNT = "MSALCache.damaged";

const OWNER_ONLY = 0o600;

/**
 * A document in an item of the user's login keychain, as the Go library keeps it: the service is the cache's
 * name, the data is the document's text. The marker file only tells when the item was last written, so that
 * readers need not ask the keychain; what it contains is never read and never changed.
 * @param markerPath In a directory that is there.
 */
export function keychainDocument(
	service: string,
	markerPath: string,
	openItem: OpenItem = keychainItems(),
): KeychainDocument {
	let known: { stamp: string; text: Text | undefined } | undefined;
	/** Whether the last reader was told what is known, and the keychain was not asked. */
	let isHearsay = false;

	const { ask, put } = documentItem(service, openItem);
	return {
		async check() {
			await ask();
		},
		async read() {
			// The stamp is taken first: when somebody writes in between, the next reader asks again.
			const stamp = await stampOf(markerPath);
			isHearsay = stamp !== undefined && stamp === known?.stamp;
			if (isHearsay) return known?.text;
			const text = await ask();
			known = stamp === undefined ? undefined : { stamp, text };
			return text;
		},
		async write(text) {
			// The marker is opened first: were it not writable, nobody would notice what is written.
			const marker = await openMarker(markerPath);
			try {
				// Whoever died between writing the item and touching the marker left an item that nobody has
				// read. Writing over it would lose what it says.
				const before = known?.text;
				known = undefined;
				if (isHearsay && (await ask()) !== (before && whole(before)))
					throw new Error(
						`the keychain item "${service}" changed without its marker ${markerPath}; it is read anew the next time`,
					);
				await put(whole(text));
				await touch(marker);
				known = { stamp: await stampOfOpen(marker), text };
			} finally {
				await marker.close();
			}
		},
	};
}

/** The item of a document, by itself. */
function documentItem(service: string, openItem: OpenItem) {
	const item = (account: string) =>
		allowed(service, () => openItem(service, account));

	async function ask(): Promise<string | undefined> {
		const entry = await item(ACCOUNT);
		try {
			return (await entry.getPassword()) ?? undefined;
		} catch {
			// Either nobody is let in, or what is there is no text. Bytes come out of an open keychain only.
			const bytes = await allowed(service, () => entry.getSecret());
			if (bytes !== null) await keepAside(Uint8Array.from(bytes));
			return undefined;
		}
	}

	async function keepAside(bytes: Uint8Array): Promise<void> {
		const aside = await item(ASIDE_ACCOUNT);
		await allowed(service, () => aside.setSecret(bytes));
		log.warning(
			`the keychain item "${service}" holds no token cache; it starts anew, and the old content is kept under the account ${ASIDE_ACCOUNT}`,
		);
	}

	async function put(text: string): Promise<void> {
		const entry = await item(ACCOUNT);
		await allowed(service, () => entry.setPassword(text));
	}

	return { ask, put };
}

/**
 * Opens items by the machine code that `@napi-rs/keyring` has for a platform, taken from its package for that platform:
 * the one around it would bring the machine code of every other system to users who never have a Keychain.
 * It is loaded when a keychain is first needed.
 */
export function keychainItems(platform = `darwin-${process.arch}`): OpenItem {
	return async (service, account) => {
		const { AsyncEntry } = platformPackage(
			`@napi-rs/keyring-${platform}`,
		) as typeof import("@napi-rs/keyring");
		return new AsyncEntry(service, account);
	};
}

/** What the keychain answers; a keychain that does not answer is one that cannot be opened. */
async function allowed<T>(service: string, work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw cannotOpen(
			`The token cache "${service}" in the macOS keychain cannot be opened (${reason}). Unlock the login keychain (\`security unlock-keychain\` where there is no screen) and allow this program to use the item, or set unsafeAllowUnencryptedStorage.`,
			cause,
		);
	}
}

/** Opens the marker, or makes an empty one. Only the user may read when the cache was written. */
async function openMarker(path: string): Promise<FileHandle> {
	const { O_RDWR, O_CREAT, O_NOFOLLOW } = constants;
	const marker = await open(
		path,
		O_RDWR | O_CREAT | O_NOFOLLOW,
		OWNER_ONLY,
	).catch((error) => {
		throw pathFailure(path, error);
	});
	await marker.chmod(OWNER_ONLY);
	return marker;
}

/** Moves the marker's time, and leaves what it contains: other libraries keep documents of their own there. */
async function touch(marker: FileHandle): Promise<void> {
	const before = await marker.stat({ bigint: true });
	const first = Buffer.alloc(1);
	const { bytesRead } = await marker.read(first, 0, 1, 0);
	await marker.write(first, 0, 1, 0);
	if (bytesRead === 0) await marker.truncate(0);
	const after = await marker.stat({ bigint: true });
	if (after.mtimeNs !== before.mtimeNs) return;
	// The file system's clock is coarser than two writes are apart. Readers compare for equality only.
	const nextSecond = Math.floor(Number(after.mtimeMs) / 1000) + 1;
	await marker.utimes(nextSecond, nextSecond);
}

/** Tells versions of the item apart, as its writers do by their marker; undefined when there is no marker. */
async function stampOf(path: string): Promise<string | undefined> {
	try {
		return stampText(await stat(path, { bigint: true }));
	} catch {
		return undefined; // then the keychain is asked each time
	}
}

async function stampOfOpen(marker: FileHandle): Promise<string> {
	return stampText(await marker.stat({ bigint: true }));
}

function stampText({ ino, mtimeNs }: { ino: bigint; mtimeNs: bigint }): string {
	return `${ino} ${mtimeNs}`;
}
