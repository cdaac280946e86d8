// A process that uses the persistent store as it is told, one JSON line at a time: {"cache":{name,directory},…} and
// either "add": a member to put into the document, or "read": true. It answers each line with one: what it read, or null.
import { createInterface } from "node:readline";
import type { PieceStore } from "../src/cache/token-store.ts";
import { persistentStore } from "../src/stores/persistent/persistent-store.ts";

const NAME = { cae: true, owner: "an owner" };

for await (const line of createInterface({ input: process.stdin })) {
	const { cache, add, read } = JSON.parse(line);
	const store = persistentStore({
		...cache,
		unsafeAllowUnencryptedStorage: false,
	});
	if (add !== undefined) await put(store, add);
	console.log(JSON.stringify(read ? ((await store.read(NAME)) ?? null) : null));
}

/** Who has waited too long for the lock has stored nothing, and is told: on a busy machine it asks again. */
async function put(store: PieceStore, add: string): Promise<void> {
	for (;;) {
		try {
			return await store.update(NAME, (current = "{}") =>
				JSON.stringify({ ...JSON.parse(current), [add]: true }),
			);
		} catch (error) {
			if (!/keeps the document locked/.test(String(error))) throw error;
		}
	}
}
