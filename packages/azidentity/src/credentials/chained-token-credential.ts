import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import { chainGetter } from "./chain.ts";
import type { GetToken } from "./token-getter.ts";

/** How a chain goes about its credentials. */
export interface ChainedTokenCredentialOptions {
	/**
	 * Whether each call asks the credentials from the first on. Default true. With false, the chain keeps to the first
	 * one that gave a token, for as long as that one can be asked.
	 */
	retrySources?: boolean;
	/**
	 * Whether a credential that the service refused is passed over like one that could not even try, as in
	 * `@azure/identity`. Default false: a wrong secret stops the chain, where it is seen.
	 */
	continueAfterRefusal?: boolean;
}

const NAME = "ChainedTokenCredential";

/**
 * Asks credentials in turn until one gives a token. One that could not even try (`CredentialUnavailableError`) or needs
 * somebody to sign in (`AuthenticationRequiredError`) is passed over; any other failure ends the walk. The chain remembers
 * no token: its credentials do.
 */
export class ChainedTokenCredential implements TokenCredential {
	#getToken: GetToken;

	/**
	 * @param sources The credentials, the first to ask first.
	 * @throws TypeError when there are none, or one of them is no credential.
	 */
	constructor(...sources: TokenCredential[]) {
		this.#getToken = getterOf(sources, {});
	}

	/**
	 * A chain with options.
	 * @throws TypeError as the constructor.
	 */
	static withOptions(
		options: ChainedTokenCredentialOptions,
		...sources: TokenCredential[]
	): ChainedTokenCredential {
		// Named by its class, it would be renamed in the bundle, and programs look at names of classes.
		const chain = new this(...sources);
		chain.#getToken = getterOf(sources, options);
		return chain;
	}

	/**
	 * A token of the first credential that has one. Never null.
	 * @throws AggregateAuthenticationError when none has: its message is a table of the reasons, `errors` holds each, and
	 * `isUnavailable` tells whether none of them could even try.
	 * @throws the error of the credential that ended the walk; an AuthenticationError of ours then also tells of those
	 * that were passed over before.
	 */
	getToken(
		scopes: string | string[],
		options?: GetTokenOptions,
	): Promise<AccessToken> {
		return this.#getToken(scopes, options);
	}
}

function getterOf(
	sources: readonly TokenCredential[],
	options: ChainedTokenCredentialOptions,
): GetToken {
	const { retrySources = true, continueAfterRefusal = false } = options;
	if (sources.length === 0)
		throw new TypeError(
			`${NAME}: there is no credential in the chain. Pass the credentials as arguments.`,
		);
	return chainGetter({
		chainName: NAME,
		links: sources.map((credential, index) => ({
			name: nameOf(credential, index),
			credential,
		})),
		isSticky: !retrySources,
		goesOnAfterRefusal: continueAfterRefusal,
	});
}

/** The class of a credential; its place in the chain when it is a plain object. */
function nameOf(credential: TokenCredential, index: number): string {
	const place = `credential ${index + 1}`;
	if (typeof credential?.getToken !== "function")
		throw new TypeError(
			`${NAME}: ${place} of the chain is no credential: it has no method getToken.`,
		);
	const { name = "" } = credential.constructor ?? {};
	return name === "" || name === "Object" ? place : name;
}
