import type { GetTokenOptions } from "@azure/core-auth";
import type { KnownAccount, TokenCache } from "../cache/token-cache.ts";
import { AuthenticationRequiredError } from "../errors.ts";
import { Flights } from "../foundation/flight.ts";
import type { UserTokenGetterParts } from "./user-token-getter.ts";

type Signal = GetTokenOptions["abortSignal"];

/** The tenant of all personal accounts. */
const PERSONAL_TENANT = "9188040d-6c67-4c5b-b112-36a304b66dad";

/** Who signed in before, as far as the cache tells. It is loaded by the first call that needs to know. */
export class KnownAccounts {
	readonly #parts: UserTokenGetterParts;
	readonly #cache: TokenCache;
	readonly #looking = new Flights<KnownAccount[]>();

	constructor(parts: UserTokenGetterParts, cache: TokenCache) {
		this.#parts = parts;
		this.#cache = cache;
	}

	/**
	 * The one account that the cache knows and the credential may be used for.
	 * @throws AuthenticationRequiredError when there is none, or more than one: nobody is guessed.
	 */
	async one(signal: Signal): Promise<string> {
		const { credentialName, isOnlyPrompted } = this.#parts;
		const accounts = isOnlyPrompted ? [] : await this.look(signal);
		const [account] = accounts;
		if (account !== undefined && accounts.length === 1)
			return account.homeAccountId;
		const message =
			accounts.length === 0
				? "nobody has signed in yet. Call authenticate() to have somebody sign in."
				: `${accounts.length} accounts have signed in before, and the credential does not say which to use. Pass the option authenticationRecord.`;
		throw new AuthenticationRequiredError({
			scopes: [],
			message: `${credentialName}: ${message}`,
		});
	}

	/** Those that the credential may be used for. */
	async look(signal: Signal): Promise<KnownAccount[]> {
		const accounts = await this.#looking
			.find("", () => this.#cache.accounts(this.#parts.client))
			.join(signal);
		return accounts.filter(
			(account) =>
				isOfKind(account, this.#parts.tenantId) &&
				isNamed(account, this.#parts.loginHint),
		);
	}
}

function isNamed({ username }: KnownAccount, loginHint = ""): boolean {
	return loginHint === "" || username.toLowerCase() === loginHint.toLowerCase();
}

/** Personal accounts are in a tenant of their own, and nowhere else unless they were invited there. */
function isOfKind({ homeAccountId }: KnownAccount, tenantId = ""): boolean {
	const isPersonal = homeAccountId.endsWith(`.${PERSONAL_TENANT}`);
	switch (tenantId.toLowerCase()) {
		case "consumers":
		case PERSONAL_TENANT:
			return isPersonal;
		case "organizations":
			return !isPersonal;
		default:
			return true;
	}
}
