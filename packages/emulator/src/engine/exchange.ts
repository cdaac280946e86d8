import type { IncomingMessage } from "node:http";
import Provider from "oidc-provider";
import type { ClientProof } from "../dialect/claims.ts";
import type { EntraError } from "../dialect/entra-error.ts";
import type { ScopeRequest } from "../dialect/scope.ts";
import type { App, Tenant } from "../fixtures.ts";
import type { Form } from "./engine.ts";

/** What the library says when it refuses. */
export interface LibraryError {
	readonly error?: string | undefined;
	readonly error_description?: string | undefined;
	readonly error_detail?: string | undefined;
}

/** One request on its way through the library, and what the library's hooks have to know of it. */
export interface Exchange {
	readonly tenant: Tenant;
	/** The authority's address under the name the caller used. */
	readonly authority: string;
	/** The parameters as the caller sent them. */
	readonly form: Form;
	readonly correlationId: string;
	/** To be told the code of a refusal. */
	readonly refused: (code: number) => void;
	/** The client, where the request names one. */
	readonly app: App | undefined;
	readonly scope: ScopeRequest;
	readonly proof: ClientProof;
	/** Our own refusal, which goes before the library's words. */
	refusal?: EntraError;
	libraryError?: LibraryError;
}

const exchanges = new WeakMap<object, Exchange>();

/** Lets the hooks find the exchange from the request they serve. */
export function attachExchange(
	request: IncomingMessage,
	exchange: Exchange,
): void {
	exchanges.set(request, exchange);
}

export const exchangeOf = (request: object): Exchange | undefined =>
	exchanges.get(request);

/** The exchange that the running code belongs to. The library calls its storage without saying for which request. */
export function currentExchange(): Exchange | undefined {
	const context = Provider.ctx;
	return context === undefined ? undefined : exchanges.get(context.req);
}

/** Like {@link currentExchange}, for hooks that only ever run inside of one. */
export function requiredExchange(request: object): Exchange {
	const exchange = exchanges.get(request);
	if (exchange === undefined)
		throw new Error("A hook ran outside of any exchange.");
	return exchange;
}
