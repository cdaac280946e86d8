// A process that uses the persistent store as it is told, one JSON line at a time: {"cache":{name,directory},…} and
// either "add": a member to put into the document, or "read": true. It answers each line with one: what it read, or null.
import { createInterface } from "node:readline";
import { persistentStore } from "../src/stores/persistent/persistent-store.ts";

const NAME = { cae: true, owner: "an owner" };

for await (const line of createInterface({ input: process.stdin })) {
	const { cache, add, read } = JSON.parse(line);
	const store = persistentStore({
		...cache,
		unsafeAllowUnencryptedStorage: false,
	});
	if (add !== undefined)
		await store.update(NAME, (current = "{}") =>
			JSON.stringify({ ...JSON.parse(current), [add]: true }),
		);
	console.log(JSON.stringify(read ? ((await store.read(NAME)) ?? null) : null));
}
