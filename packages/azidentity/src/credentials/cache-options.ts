import { TokenCache } from "../cache/token-cache.ts";
import type { PieceStore } from "../cache/token-store.ts";
import { checkCacheName } from "../foundation/cache-name.ts";

/** Which cache on disk, and what may be done when the platform cannot encrypt it. */
export interface PersistentTokenCacheOptions {
	/** Tells caches of one user apart. Default "msal.cache", which programs of other languages share. */
	name?: string;
	/**
	 * Where it lies, in place of the user's own cache directory: `~/.cache/.IdentityService` on Linux
	 * (or under `$XDG_CACHE_HOME`), `%LOCALAPPDATA%\.IdentityService` on Windows, `~/.IdentityService` on macOS.
	 */
	directory?: string;
	/**
	 * Whether tokens may lie on disk unencrypted, in a file only the user can read, where the platform has no
	 * place for keys. Default false: then getToken rejects there.
	 */
	unsafeAllowUnencryptedStorage?: boolean;
}

/** Options of a credential that may keep its tokens on disk. */
export interface TokenCachePersistenceOptions
	extends PersistentTokenCacheOptions {
	/** Whether tokens outlive the process. Default false. */
	enabled: boolean;
}

/** The part of a credential's options that says where its tokens are remembered. */
export interface TokenCacheOption {
	/**
	 * The memory to use. By default each credential instance has its own and starts empty; give several the
	 * same one to share tokens among them. It cannot be switched off.
	 */
	tokenCache?: TokenCache;
}

/** Options of credentials whose tokens may outlive the process. */
export interface CredentialPersistenceOptions {
	/** Keeps tokens on disk, encrypted, for the user's other processes too. Default: memory only. */
	tokenCachePersistenceOptions?: TokenCachePersistenceOptions;
}

/** What a credential's options say of its cache. */
export interface CacheOptions
	extends TokenCacheOption,
		CredentialPersistenceOptions {
	readonly now?: () => number;
}

/**
 * A cache that is backed by the user's cache on disk, to be handed to several credentials as `tokenCache`.
 * Nothing is read or loaded before the first token is needed.
 * @throws TypeError when the name cannot be one.
 */
export function persistentTokenCache(
	options: PersistentTokenCacheOptions = {},
): TokenCache {
	return new TokenCache({
		store: latePersistentStore("persistentTokenCache", options),
	});
}

/** Options ─► cache: the one given, a persistent one, or a private one. */
export function tokenCacheOf(
	credentialName: string,
	options: CacheOptions,
): TokenCache {
	const { now, tokenCache, tokenCachePersistenceOptions: onDisk } = options;
	if (tokenCache !== undefined && onDisk?.enabled)
		throw new TypeError(
			`${credentialName}: the options tokenCache and tokenCachePersistenceOptions exclude each other. Make the cache by persistentTokenCache() and pass it as tokenCache.`,
		);
	if (tokenCache instanceof TokenCache) return tokenCache;
	if (tokenCache !== undefined)
		throw new TypeError(
			`${credentialName}: the option tokenCache must be a TokenCache of this package. Make one by new TokenCache().`,
		);
	return new TokenCache({
		...(now && { now }),
		...(onDisk?.enabled && {
			store: latePersistentStore(credentialName, onDisk),
		}),
	});
}

/**
 * One store for each cache on disk, whoever asks for it: what is known of its documents is known by their store, and a
 * service may make a credential for each of its calls.
 */
const persistentStores = new Map<string, PieceStore>();

function latePersistentStore(
	owner: string,
	options: PersistentTokenCacheOptions,
): PieceStore {
	const {
		name = "msal.cache",
		directory,
		unsafeAllowUnencryptedStorage = false,
	} = options;
	checkCacheName(owner, name);
	const key = JSON.stringify([name, directory, unsafeAllowUnencryptedStorage]);
	const known = persistentStores.get(key);
	if (known !== undefined) return known;
	const store = lateStore({ name, directory, unsafeAllowUnencryptedStorage });
	persistentStores.set(key, store);
	return store;
}

/** The persistent store, loaded when it is first needed: with it comes native code. */
function lateStore(options: PersistentStoreOptions): PieceStore {
	const load = async () => {
		const { persistentStore } = await import(
			"../stores/persistent/persistent-store.ts"
		);
		// Asked for each time: where the user's cache lies is up to the environment.
		return persistentStore(options);
	};
	return {
		read: async (document) => (await load()).read(document),
		update: async (document, edit) => (await load()).update(document, edit),
		lease: async (task, patience) => (await load()).lease?.(task, patience),
		pieces: {
			read: async (document) => (await load()).pieces.read(document),
			update: async (document, edit) =>
				(await load()).pieces.update(document, edit),
		},
	};
}

type PersistentStore =
	typeof import("../stores/persistent/persistent-store.ts");
type PersistentStoreOptions = Parameters<PersistentStore["persistentStore"]>[0];
