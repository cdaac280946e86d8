import type { AccessToken, TokenCredential } from "@azure/core-auth";
import { marginOf } from "../cache/entry.ts";
import { failureOf } from "../cache/source-failure.ts";
import { abortable, type SetTimeout } from "../foundation/abort.ts";
import { log } from "../foundation/log.ts";
import { reasonOf } from "../foundation/reason.ts";
import { normaliseScopes } from "../foundation/scopes.ts";
import { askCredential, checkCredential } from "./credential-answer.ts";
import { type WaitUntil, wallClock } from "./wall-clock.ts";

/** Options of {@link watchToken}. */
export interface WatchTokenOptions {
	/** Ends the iteration, without an error. */
	signal?: AbortSignal;
	/** The tenant to ask for. Default: the credential's own. */
	tenantId?: string;
	/**
	 * Whether the tokens may be revoked before they expire. Default false: a connection that cannot answer a claims challenge
	 * is better off without.
	 */
	enableCae?: boolean;
	/** Whether the wait for the next token keeps the process running. Default true, as for timers. */
	ref?: boolean;
	/** @internal The clock, in milliseconds since 1970. */
	now?: () => number;
	/** @internal Starts the timers of waits. */
	setTimeout?: SetTimeout;
}

const NAME = "watchToken";

/** The first pause after an ask that brought nothing new; each further one is twice as long. */
const PACE_MS = 30_000;

/** Under a credential that answers at once and never with anything new, that is 150 asks a day. */
const LONGEST_PACE_MS = 10 * 60_000;

/** However short tokens live, and however late it is: nobody asks more often than this. */
const SHORTEST_WAIT_MS = 1_000;

/**
 * Fresh tokens for a connection that lives longer than a token, such as one to a database, Redis or a message broker: the
 * first one at once, and each further one as soon as the credential has it, from five minutes before the last one
 * expires (half-way, when it has ten minutes or less to live) or from its `refreshAfterTimestamp`, whatever is earlier.
 *
 * ```ts ignore: the connection is the reader's
 * for await (const { token } of watchToken(credential, scope, { signal })) await connection.authenticate(token);
 * ```
 *
 * The same token is never handed over twice in a row. While the last one lives, failures are only logged, and the credential
 * is asked again after a pause: 30 seconds, then twice as long each time, up to 10 minutes, and once more when the token
 * expires. The iteration ends when `signal` fires or the loop is left, and leaves no timer behind.
 *
 * @throws TypeError at once when the credential is none or the scopes cannot be. The iteration rejects with what the
 * credential throws when there is no token that lives.
 */
export function watchToken(
	credential: TokenCredential,
	scopes: string | string[],
	options: WatchTokenOptions = {},
): AsyncIterableIterator<AccessToken, undefined, undefined> {
	checkCredential(NAME, credential);
	normaliseScopes(NAME, scopes);
	const { enableCae, now = Date.now, ref = true, setTimeout } = options;
	const { signal, tenantId } = options;
	const wanted = Array.isArray(scopes) ? [...scopes] : scopes;
	const ending = ended(signal);
	const tokens = freshTokens({
		now,
		end: ending.end,
		signal: ending.signal,
		waitUntil: wallClock({ now, ref, signal: ending.signal, setTimeout }),
		ask: () =>
			askCredential(NAME, credential, wanted, {
				abortSignal: ending.signal,
				...(enableCae && { enableCae }),
				...(tenantId !== undefined && { tenantId }),
			}),
	});
	return {
		next: () => tokens.next(),
		return() {
			// First, so that a `next` that is waiting comes to its end.
			ending.end();
			return tokens.return(undefined);
		},
		[Symbol.asyncIterator]() {
			return this;
		},
	};
}

/** A signal that fires with the given one, or by `end`, which leaves nothing behind with the given one. */
function ended(signal: AbortSignal | undefined) {
	const controller = new AbortController();
	const end = () => {
		signal?.removeEventListener("abort", end);
		controller.abort();
	};
	if (signal?.aborted) end();
	else signal?.addEventListener("abort", end);
	return { end, signal: controller.signal };
}

interface Watch {
	readonly ask: () => Promise<AccessToken>;
	readonly waitUntil: WaitUntil;
	readonly now: () => number;
	/** Fires when nobody wants more tokens. */
	readonly signal: AbortSignal;
	readonly end: () => void;
}

async function* freshTokens({ ask, end, now, signal, waitUntil }: Watch) {
	let last: AccessToken | undefined;
	try {
		let tries = 0;
		while (!signal.aborted) {
			const answer = await abortable(ask(), signal).then(
				(token) => ({ token }),
				(error: unknown) => ({ error }),
			);
			if (signal.aborted) return undefined;
			if ("error" in answer) {
				if (!last || last.expiresOnTimestamp <= now()) throw answer.error;
				log.warning(
					`${NAME} => no new token yet, while the last one lives: ${reasonOf(answer.error)}`,
				);
				const { notBefore } = failureOf(answer.error);
				await waitUntil(nextAsk(last, { tries, notBefore }, now()));
				tries += 1;
				continue;
			}
			const isNew = answer.token.token !== last?.token;
			if (isNew) tries = 0;
			last = answer.token;
			// Before it is handed over, as whoever takes it may take their time.
			const next = nextAsk(last, { isNew, tries }, now());
			if (isNew) yield last;
			else tries += 1;
			await waitUntil(next);
		}
		return undefined;
	} finally {
		end();
	}
}

interface LastAnswer {
	readonly isNew?: boolean;
	/** How many answers before this one brought nothing new. */
	readonly tries: number;
	readonly notBefore?: number | undefined;
}

/** When to ask again. */
function nextAsk(
	{ expiresOnTimestamp, refreshAfterTimestamp = Infinity }: AccessToken,
	{ isNew = false, notBefore = 0, tries }: LastAnswer,
	now: number,
): number {
	const pace = Math.min(PACE_MS * 2 ** tries, LONGEST_PACE_MS);
	const life = expiresOnTimestamp - now;
	// The service's clock may be right, and this machine's wrong: then every token looks expired.
	if (life <= 0) return now + pace;
	const due = refreshAfterTimestamp - now;
	const wait = Math.min(life - marginOf(life), isNew && due > 0 ? due : pace);
	const asWanted = Math.max(wait, notBefore - now);
	return now + Math.max(Math.min(asWanted, life), SHORTEST_WAIT_MS);
}
