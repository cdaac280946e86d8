import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import {
	AuthenticationErrorName,
	CredentialUnavailableError,
	isUnavailable,
} from "../errors.ts";
import { throwIfAborted } from "../foundation/abort.ts";
import { Flight } from "../foundation/flight.ts";
import { log } from "../foundation/log.ts";
import { allFailed, type Reason, stoppedBy } from "./chain-failure.ts";
import type { GetToken } from "./token-getter.ts";

/** A credential of a chain, under the name that errors and the log give it. */
export interface Link {
	readonly name: string;
	readonly credential: TokenCredential;
}

export interface ChainParts {
	readonly chainName: string;
	readonly links: readonly Link[];
	/** Whether the chain keeps to the first link that gave a token, for as long as that one can be asked. */
	readonly isSticky: boolean;
	/** Whether a link that was refused is passed over like one that could not even try. */
	readonly goesOnAfterRefusal: boolean;
}

interface Found {
	readonly link: Link;
	readonly token: AccessToken;
}

/**
 * `getToken` of a chain: the links are asked in turn until one gives a token. The chain remembers no token; its links do.
 */
export function chainGetter(parts: ChainParts): GetToken {
	if (parts.isSticky) return stickyGetter(parts);
	return async (scopes, options = {}) =>
		(await walk(parts, scopes, options)).token;
}

/**
 * Callers who come while a walk is under way wait for its end and then ask the link it found. They share its failure only
 * when they ask for the same; others walk themselves. Who leaves, leaves alone.
 */
function stickyGetter(parts: ChainParts): GetToken {
	let winner: Link | undefined;
	let current: { key: string; flight: Flight<Found> } | undefined;

	const begin = (
		key: string,
		scopes: string | string[],
		options: GetTokenOptions,
	) => {
		const end = () => {
			if (current === begun) current = undefined;
		};
		const walkOn = async (abortSignal: AbortSignal) => {
			const found = await walk(parts, scopes, { ...options, abortSignal });
			winner = found.link;
			return found;
		};
		const flight = new Flight((signal) => walkOn(signal).finally(end), end);
		const begun = { key, flight };
		current = begun;
		return begun;
	};

	return async (scopes, options = {}) => {
		const { abortSignal } = options;
		const key = keyOf(scopes, options);
		let isLeftAlone = false;
		for (;;) {
			throwIfAborted(abortSignal);
			if (winner !== undefined && !isLeftAlone) {
				const link = winner;
				try {
					return await tokenOf(link, scopes, options);
				} catch (error) {
					if (!isUnavailable(error)) throw error;
					// It could be asked before and cannot now: the chain is walked again, by this caller.
					if (winner === link) winner = undefined;
					isLeftAlone = true;
				}
			}
			const joined =
				isLeftAlone || current === undefined
					? begin(key, scopes, options)
					: current;
			try {
				const { token } = await joined.flight.join(abortSignal);
				if (joined.key === key) return token;
			} catch (error) {
				if (joined.key === key || abortSignal?.aborted) throw error;
			}
		}
	};
}

/** What makes two callers ask for the same. */
function keyOf(scopes: string | string[], options: GetTokenOptions): string {
	const { claims, enableCae, tenantId } = options;
	return JSON.stringify([scopes, tenantId, claims, enableCae === true]);
}

async function walk(
	parts: ChainParts,
	scopes: string | string[],
	options: GetTokenOptions,
): Promise<Found> {
	const { chainName, goesOnAfterRefusal, links } = parts;
	const reasons: Reason[] = [];
	for (const link of links) {
		try {
			const token = await tokenOf(link, scopes, options);
			log.info(
				`${chainName} => getToken() => Result for ${link.name}: SUCCESS. Scopes: ${[scopes].flat().join(", ")}.`,
			);
			return { link, token };
		} catch (error) {
			const isPassedOver =
				isUnavailable(error) || (goesOnAfterRefusal && isRefusal(error));
			if (!isPassedOver) throw stoppedBy(error, chainName, reasons);
			reasons.push({ name: link.name, error });
		}
	}
	throw allFailed(chainName, reasons);
}

/** The token of a link. One that gives none, as the contract of credentials allows, could not even try. */
async function tokenOf(
	{ name, credential }: Link,
	scopes: string | string[],
	options: GetTokenOptions,
): Promise<AccessToken> {
	const token = await credential.getToken(scopes, options);
	if (token) return token;
	throw new CredentialUnavailableError(`${name}: it gave no token.`);
}

function isRefusal(error: unknown): boolean {
	return error instanceof Error && error.name === AuthenticationErrorName;
}
