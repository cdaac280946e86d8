import type { SourceFailure } from "../token.ts";

/** What a source's failure says to the cache; nothing, when it is no object. */
export function failureOf(error: unknown): SourceFailure {
	return typeof error === "object" && error !== null ? error : {};
}
