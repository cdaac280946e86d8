import type { AccessToken, GetTokenOptions } from "@azure/core-auth";

/** One need, as a source sees it: normalised, validated, and with the flight's own abort signal. */
export interface TokenRequest {
	/** The scopes, trimmed, without blanks and repetitions, in the caller's spelling and order. */
	readonly scopes: readonly string[];
	/** The tenant to ask, already resolved and allowed. */
	readonly tenantId: string;
	/** Whether the token may be subject to continuous access evaluation. */
	readonly cae: boolean;
	/** A claims challenge to answer: the text of a JSON object. */
	readonly claims?: string;
	/** Fires when the last caller has left. */
	readonly abortSignal: AbortSignal;
	/** How long one attempt on the network may take, in milliseconds. */
	readonly timeout?: number;
	/** The tracing context of the caller who set the request off. */
	readonly tracingOptions?: GetTokenOptions["tracingOptions"];
}

/** What a partition can give a source to avoid a prompt: what earlier grants left. */
export interface Held {
	readonly refreshToken?: string;
	/** Further ones, to be tried in this order when the service refuses that one. */
	readonly otherRefreshTokens?: readonly string[];
	/** The account, as `{uid}.{utid}`. */
	readonly homeAccountId?: string;
	/** Drops a refresh token that the service will never take again, wherever it is kept. */
	readonly drop?: (refreshToken: string) => Promise<void>;
	/** With claims: the token that was remembered for the same scopes, and that was refused somewhere. */
	readonly refusedToken?: string;
}

/** The person a token was issued for, in the terms of the unified cache schema. */
export interface Account {
	readonly homeAccountId: string;
	readonly localAccountId: string;
	readonly environment: string;
	readonly realm: string;
	readonly username: string;
}

/** What a source hands over: the token, and what may spare the next request or prompt. */
export interface Grant extends Pick<Held, "refreshToken" | "homeAccountId"> {
	readonly token: AccessToken;
	/** The scopes that were granted, separated by spaces; those asked for when the service named none. */
	readonly scope: string;
	/** Until when, in milliseconds since 1970, the token may serve during an outage of the service. */
	readonly extendedExpiresOn?: number;
	readonly idToken?: string;
	readonly account?: Account;
	/** The family of client ids that may share the refresh token ("1"), when the service named one. */
	readonly familyId?: string;
}

/** Gets a new token. It never remembers; it throws when there is none to be had. */
export type TokenSource = (request: TokenRequest, held: Held) => Promise<Grant>;

/** One need that only a person can meet. */
export interface PromptRequest extends TokenRequest {
	/** The user name of the person who is expected, when it is known. */
	readonly loginHint?: string;
	/** The account that it must be, when that is known: whoever else signs in is refused, and may be told so at once. */
	readonly expectedAccountId?: string;
}

/** Has a person sign in. It stops as soon as `abortSignal` fires; it throws when nobody signed in. */
export type Prompt = (request: PromptRequest) => Promise<Grant>;

/**
 * What the cache reads from a source's failure, when it is there.
 * Any error may carry these; the cache knows no protocol and looks at nothing else.
 */
export interface SourceFailure {
	/** Whether the service could not answer at all: network, timeout, 5xx, throttling. */
	readonly isOutage?: boolean;
	/** When the service wants to be asked again, in milliseconds since 1970: not before. */
	readonly notBefore?: number;
}
