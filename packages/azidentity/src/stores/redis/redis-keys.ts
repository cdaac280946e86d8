import { createHash } from "node:crypto";
import type { DocumentName } from "../../cache/token-store.ts";

/** The names that things have in Redis. */
export interface RedisKeys {
	/** What the key of every document begins with. */
	readonly beginning: string;
	/** The channel on which revocations are announced. */
	readonly channel: string;
	documentOf(name: DocumentName): string;
	leaseOf(task: string): string;
}

/**
 * Names without anybody in them: who an owner is, is hashed. What is hashed stands in braces, so that a Cluster goes by that
 * alone.
 * @throws TypeError when the prefix cannot be one.
 */
export function redisKeys(prefix: string): RedisKeys {
	if (typeof prefix !== "string" || prefix === "" || /[{}]/.test(prefix))
		throw new TypeError(
			"redisStore: the option prefix must be a text, not empty, and without braces.",
		);
	return {
		beginning: `${prefix}:{`,
		channel: `${prefix}:revoked`,
		documentOf: ({ cae, isOnBehalfOf = false, owner, resource }) =>
			`${prefix}:{${hash(JSON.stringify([cae, isOnBehalfOf, owner, resource ?? null]))}}`,
		leaseOf: (task) => `${prefix}:lease:{${hash(task)}}`,
	};
}

function hash(text: string): string {
	return createHash("sha256").update(text).digest("base64url");
}
