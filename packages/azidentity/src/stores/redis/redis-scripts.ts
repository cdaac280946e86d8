import { createHash } from "node:crypto";
import type { RedisCommands } from "./redis-client.ts";
import { FORM, VERSION_LENGTH } from "./sealer.ts";

/** What a script's first argument says of a value that is not ours: any such may be replaced. */
export const FOREIGN = "foreign";

/**
 * Replaces a value if it is still the version that was read ("" for none). Otherwise gives the one that is there.
 * Whatever is not ours counts as one version, other types than texts too: they cannot be compared as clients read them.
 */
const REPLACE = `
local current = redis.pcall('GET', KEYS[1])
local version = ''
if type(current) == 'table' then
	if not string.find(current.err or '', 'WRONGTYPE', 1, true) then return current end
	version = '${FOREIGN}'
elseif current then
	version = '${FOREIGN}'
	if string.sub(current, 1, ${FORM.length}) == '${FORM}' then version = string.sub(current, 1, ${VERSION_LENGTH}) end
end
if version == ARGV[1] then
	redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
	return 1
end
if version == '${FOREIGN}' then return '${FOREIGN}' end
return current`;

/** Lets a lease last longer, if it is still this one. */
const EXTEND = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`;

/** Gives a lease back, if it is still this one. */
const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

interface Script {
	readonly text: string;
	readonly digest: string;
}

export const SCRIPTS = {
	replace: script(REPLACE),
	extend: script(EXTEND),
	release: script(RELEASE),
} as const;

/** Runs a script at the key: by its digest, and in full where the server does not have it (any more). */
export async function runScript(
	redis: RedisCommands,
	{ text, digest }: Script,
	key: string,
	...args: readonly string[]
): Promise<unknown> {
	try {
		return await redis.send(key, ["EVALSHA", digest, "1", key, ...args]);
	} catch (error) {
		if (!String(error).includes("NOSCRIPT")) throw error;
		return redis.send(key, ["EVAL", text, "1", key, ...args]);
	}
}

function script(text: string): Script {
	// The digest names the script to the server, as Redis has it; nothing is proved by it.
	return { text, digest: createHash("sha1").update(text).digest("hex") };
}
