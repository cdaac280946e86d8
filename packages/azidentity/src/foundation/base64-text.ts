/** The text behind base64 or base64url, with or without padding; undefined when it is neither, or not UTF-8. */
export function base64Text(encoded: string): string | undefined {
	if (!/^[\w+/-]+={0,2}$/.test(encoded)) return undefined;
	try {
		// Buffer reads both alphabets.
		return new TextDecoder("utf-8", { fatal: true }).decode(
			Buffer.from(encoded, "base64"),
		);
	} catch {
		return undefined;
	}
}
