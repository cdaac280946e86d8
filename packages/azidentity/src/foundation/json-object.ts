/** The object that the text is in JSON; undefined when it is anything else. */
export function jsonObject(text: string): Record<string, unknown> | undefined {
	const value = jsonValue(text);
	return isObject(value) ? value : undefined;
}

/** What the text is in JSON; undefined when it is none. */
export function jsonValue(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Whether the value is an object with named members: no list, and not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
