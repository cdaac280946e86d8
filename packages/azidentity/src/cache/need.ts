import type { GetTokenOptions } from "@azure/core-auth";
import type { Held } from "../token.ts";
import type { Entry } from "./entry.ts";

/** What a caller wants of one owner's tokens. */
export interface Ask {
	/** The scopes as the caller gave them. */
	readonly scopes: string | string[];
	/** The same in one text: what is looked up first. */
	readonly written: string;
	/** The scopes, trimmed and without repetitions. Called after a miss only; throws when there are none. */
	readonly normalise: (scopes: string | string[]) => readonly string[];
	/** A claims challenge: no remembered token will do. */
	readonly claims?: string | undefined;
	readonly abortSignal?: GetTokenOptions["abortSignal"];
	/** How long one attempt on the network may take, in milliseconds. */
	readonly timeout?: number | undefined;
	readonly tracingOptions?: GetTokenOptions["tracingOptions"];
}

/** An ask after a miss: what it needs, however it was written. */
export interface Need {
	readonly ask: Ask;
	readonly scopes: readonly string[];
	/** The scopes in canonical form: what an entry is kept under. */
	readonly key: string;
	/** What a flight is joined under: the key, and the claims if there are any. */
	readonly flightKey: string;
	/** Nobody waits for the answer: it comes behind the callers' backs. */
	readonly isBehind: boolean;
	/** The source has the answer in its hands: there is nothing to look for. */
	readonly isGiven?: boolean;
}

/** The need behind an ask. Throws what `ask.normalise` throws. */
export function needOf(ask: Ask, isBehind: boolean): Need {
	const scopes = ask.normalise(ask.scopes);
	// The order and case of scopes have no meaning to the service.
	const key = scopes
		.map((scope) => scope.toLowerCase())
		.sort()
		.join(" ");
	const flightKey = ask.claims === undefined ? key : `${key}\n${ask.claims}`;
	return { ask, scopes, key, flightKey, isBehind };
}

/** The scopes as one text. What is no list of texts finds nothing, and is refused when it is normalised. */
export function writtenOf(scopes: string | string[]): string {
	if (!Array.isArray(scopes)) return scopes;
	return scopes.length === 1 ? (scopes[0] ?? "") : scopes.join(" ");
}

/** What a source is given for the need: a challenge is about the token that is remembered. */
export function heldFor(
	{ ask, key }: Need,
	held: Held,
	entries: ReadonlyMap<string, Entry>,
): Held {
	const remembered = entries.get(key)?.token.token;
	if (ask.claims === undefined || remembered === undefined) return held;
	return { ...held, refusedToken: remembered };
}
