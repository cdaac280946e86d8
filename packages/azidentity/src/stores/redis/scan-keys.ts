/** Keys a server looks at for one SCAN: some tenths of a millisecond of its time. */
const COUNT = "1000";

/** Sends a command to one server. */
export type SendToServer = (command: readonly string[]) => Promise<unknown>;

/** The keys of one server that begin so. It costs a look at every key that the server has, in steps that let others in. */
export async function* scanKeys(
	send: SendToServer,
	beginning: string,
): AsyncGenerator<string> {
	const pattern = `${beginning.replaceAll(/[\\*?[\]^]/g, "\\$&")}*`;
	let cursor = "0";
	do {
		const reply = await send([
			"SCAN",
			cursor,
			"MATCH",
			pattern,
			"COUNT",
			COUNT,
		]);
		const [next, keys] = reply as [unknown, unknown[]];
		for (const key of keys) yield String(key);
		cursor = String(next);
	} while (cursor !== "0");
}
