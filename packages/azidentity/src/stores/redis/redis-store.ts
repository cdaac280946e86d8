import type { TokenStore } from "../../cache/token-store.ts";
import { Announcements } from "./announcements.ts";
import { Breaker } from "./breaker.ts";
import { commandsOf, type RedisClient } from "./redis-client.ts";
import { RedisDocuments } from "./redis-documents.ts";
import { redisKeys } from "./redis-keys.ts";
import { takeLease } from "./redis-lease.ts";
import { Sealer } from "./sealer.ts";
import { type SealingOptions, sealingKeys } from "./sealing-keys.ts";

export type { RedisClient } from "./redis-client.ts";
export type { SealingKey, SealingOptions } from "./sealing-keys.ts";

/** How tokens are kept in Redis. */
export interface RedisStoreOptions extends SealingOptions {
	/** What every key and channel begins with: programs that share tokens have the same one. Default "azidentity". */
	prefix?: string;
	/**
	 * How long one answer of Redis may take, in milliseconds, before tokens are got without it for a while. Default 50: more
	 * than a server in the same region takes.
	 */
	timeout?: number;
	/**
	 * How long a document stays after its last change when it has a refresh token, in milliseconds; others stay until their
	 * last token ends, and never longer than this. Default 90 days, as long as Entra ID's refresh tokens live.
	 */
	maxAge?: number;
	/** @internal The clock, in milliseconds since 1970. */
	now?: () => number;
}

/** Tokens in Redis or Valkey, for all processes of a service. */
export interface RedisStore
	extends Required<
		Pick<TokenStore, "read" | "update" | "lease" | "names" | "invalidation">
	> {
	/** Stops listening for revocations in other processes. The program's client stays as it is. Never rejects. */
	close(): Promise<void>;
}

const DAY_MS = 24 * 60 * 60_000;

/**
 * A {@link TokenStore} in Redis or Valkey, so that all processes of a service share their tokens: pass it to
 * `new TokenCache({ store })`. Memory stays in front of it: a token that a process has is handed out without Redis.
 *
 * Documents are sealed by AES-256-GCM under `keys`. When Redis is lost, each process goes on by itself.
 *
 * @param client The program's own, of the package `redis` or `ioredis`; connect it before, and close it after.
 * @throws TypeError when the client is none, when there are no keys, or when an option is not what it must be.
 *
 * @example
 * const client = await createClient({ url: "rediss://cache.example:6380" }).connect();
 * const store = redisStore(client, { keys: [{ id: "2026-11", key: process.env.TOKEN_KEY }] });
 * const tokenCache = new TokenCache({ store });
 */
export function redisStore(
	client: RedisClient,
	options: RedisStoreOptions,
): RedisStore {
	const {
		prefix = "azidentity",
		timeout = 50,
		maxAge = 90 * DAY_MS,
		now = Date.now,
	} = Object(options) as RedisStoreOptions;
	checkDuration("timeout", timeout);
	checkDuration("maxAge", maxAge);
	const redis = commandsOf(client);
	const keys = redisKeys(prefix);
	const opensPlain = options?.unsafeAllowUnencryptedStorage === true;
	const sealer = new Sealer(sealingKeys(Object(options)), opensPlain);
	const breaker = new Breaker(timeout, now);
	const parts = { redis, keys, sealer, breaker, now, maxAge };
	const documents = new RedisDocuments(parts);
	const { channel } = keys;
	const announcements = new Announcements({ ...parts, channel });
	return {
		read: (name) => documents.read(name),
		update: (name, edit, usefulUntil) =>
			documents.update(name, edit, usefulUntil),
		lease: (task, patience) =>
			takeLease(redis, breaker, keys.leaseOf(task), patience),
		names: () => documents.names(),
		invalidation: {
			announce: (name) => announcements.announce(name),
			listen: (heard) => announcements.listen(heard),
		},
		close: () => announcements.close(),
	};
}

function checkDuration(name: string, duration: number): void {
	if (Number.isFinite(duration) && duration > 0) return;
	throw new TypeError(
		`redisStore: the option ${name} must be a number of milliseconds, more than 0.`,
	);
}
