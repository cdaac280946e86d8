import { randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** Proves to the Arc agent that a caller may read the agent's files: each key works once. */
export interface ArcKeys {
	/** Writes a new key and returns its file. */
	issue(): string;
	/** Whether this is the content of a key file, which is thereby used up. */
	redeem(key: string): boolean;
	/** Removes every key file. */
	clear(): void;
}

/** A caller reads its key at once; files of callers that went away must not pile up. */
const OUTSTANDING_KEYS = 16;

export function arcKeys(directory: string): ArcKeys {
	const outstanding = new Map<string, Buffer>();
	const remove = (file: string) => {
		outstanding.delete(file);
		rmSync(file, { force: true });
	};
	return {
		issue() {
			mkdirSync(directory, { recursive: true, mode: 0o700 });
			const file = path.join(directory, `${randomUUID()}.key`);
			const key = randomBytes(32).toString("hex");
			writeFileSync(file, key, { flag: "wx", mode: 0o600 });
			outstanding.set(file, Buffer.from(key));
			const [oldest] = outstanding.keys();
			if (outstanding.size > OUTSTANDING_KEYS && oldest) remove(oldest);
			return file;
		},
		redeem(key) {
			const given = Buffer.from(key);
			for (const [file, known] of outstanding) {
				if (given.length !== known.length || !timingSafeEqual(given, known))
					continue;
				remove(file);
				return true;
			}
			return false;
		},
		clear() {
			for (const file of [...outstanding.keys()]) remove(file);
		},
	};
}
