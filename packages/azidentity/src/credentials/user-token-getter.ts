import type { AccessToken, GetTokenOptions } from "@azure/core-auth";
import {
	type AuthenticationRecord,
	recordOf,
} from "../authentication-record.ts";
import type { TokenCache } from "../cache/token-cache.ts";
import type { ClientProof } from "../entra/client-proof.ts";
import type { EntraClient } from "../entra/entra-client.ts";
import {
	type AuthenticationRequiredError,
	isAuthenticationRequired,
} from "../errors.ts";
import { abortable } from "../foundation/abort.ts";
import type { Prompt } from "../token.ts";
import { type CacheOptions, tokenCacheOf } from "./cache-options.ts";
import type { InteractiveCredentialOptions } from "./interactive-credential-options.ts";
import type { KnownAccounts } from "./known-accounts.ts";
import { recordOfCredential } from "./known-record.ts";
import type { PromptQueue } from "./prompt-queue.ts";
import { type GetToken, reported, tokenGetter } from "./token-getter.ts";
import { type UserNeed, userNeeds } from "./user-need.ts";

/** What sets one credential of a person apart from another. */
export interface UserTokenGetterParts {
	readonly credentialName: string;
	readonly client: EntraClient;
	/** The tenant that the program named; without one, whichever the person belongs to. */
	readonly tenantId: string | undefined;
	readonly options: CacheOptions &
		Pick<
			InteractiveCredentialOptions,
			| "additionallyAllowedTenants"
			| "authenticationRecord"
			| "disableAutomaticAuthentication"
		>;
	/** Has the person sign in. One is shown at a time. */
	readonly prompt: Prompt;
	/** How a confidential client shows who it is when it refreshes. */
	readonly proof?: ClientProof;
	/** The user name of the person the program means: nobody else's tokens are used without a prompt. */
	readonly loginHint?: string | undefined;
	/** Whether only the prompt says who the person is, so that nobody the cache knows may be taken for them. */
	readonly isOnlyPrompted?: boolean;
}

/** How a sign-in ended. */
interface SignIn {
	readonly token: AccessToken;
	readonly record: AuthenticationRecord;
}

/**
 * Joins a person's prompt and a cache: silent while it can be, one prompt at a time when it cannot.
 *
 * The prompt runs outside of the cache, because only its answer says whose partition the tokens belong in.
 */
export class UserTokenGetter {
	readonly #parts: UserTokenGetterParts;
	readonly #cache: TokenCache;
	readonly #record: AuthenticationRecord | undefined;
	#known: KnownAccounts | undefined;
	readonly #needs: ReturnType<typeof userNeeds>;
	readonly #prompt: Prompt;
	#queue: PromptQueue<SignIn> | undefined;
	/** Whose tokens are handed out: the record's, else whoever signed in last. */
	#account: string | undefined;
	#silent:
		| { readonly account: string; readonly getToken: GetToken }
		| undefined;

	/**
	 * Throws a TypeError when an option cannot be right, the record among them, and a
	 * CredentialUnavailableError when the tenant cannot be one.
	 */
	constructor(parts: UserTokenGetterParts) {
		const { credentialName, options } = parts;
		this.#parts = parts;
		this.#needs = userNeeds(parts);
		this.#cache = tokenCacheOf(credentialName, options);
		this.#record = recordOfCredential(parts);
		this.#prompt = reported(credentialName, parts.prompt);
		this.#account = this.#record?.homeAccountId;
	}

	/** A token: remembered, refreshed, or else got by a prompt unless the program wants none. */
	async getToken(
		scopes: string | string[],
		options: GetTokenOptions = {},
	): Promise<AccessToken> {
		for (;;) {
			const outcome = await this.#getSilently(scopes, options);
			if ("token" in outcome) return outcome;
			const need = this.#needs(scopes, options, outcome);
			if (this.#parts.options.disableAutomaticAuthentication)
				throw await requiredError(outcome, need);
			const prompts = await this.#prompts();
			if (prompts.isBusyFor(need.key)) {
				await prompts.wait(options.abortSignal);
				continue;
			}
			try {
				return (await this.#signIn(need, prompts)).token;
			} catch (error) {
				if (!isAuthenticationRequired(error)) throw error;
				throw await requiredError(error, need, outcome.cause);
			}
		}
	}

	/** Has the person sign in, whatever is remembered, and tells who it was. */
	async authenticate(
		scopes: string | string[],
		options: GetTokenOptions = {},
	): Promise<AuthenticationRecord> {
		const need = this.#needs(scopes, options);
		// A cache that cannot be opened is reported before the person is asked, not after.
		await (await this.#knownAccounts()).look(options.abortSignal);
		const prompts = await this.#prompts();
		while (prompts.isBusyFor(need.key)) await prompts.wait(options.abortSignal);
		return (await this.#signIn(need, prompts)).record;
	}

	/** Those of this credential. Who has them must look and join at once: another call may show a prompt meanwhile. */
	async #prompts(): Promise<PromptQueue<SignIn>> {
		const { PromptQueue } = await import("./prompt-queue.ts");
		this.#queue ??= new PromptQueue();
		return this.#queue;
	}

	async #knownAccounts(): Promise<KnownAccounts> {
		const { KnownAccounts } = await import("./known-accounts.ts");
		this.#known ??= new KnownAccounts(this.#parts, this.#cache);
		return this.#known;
	}

	/** A token that needs nobody, or the error that says why somebody is needed. */
	async #getSilently(
		scopes: string | string[],
		options: GetTokenOptions,
	): Promise<AccessToken | AuthenticationRequiredError> {
		try {
			const account =
				this.#account ??
				(await (await this.#knownAccounts()).one(options.abortSignal));
			const token = await this.#getterOf(account)(scopes, options);
			this.#account ??= account;
			return token;
		} catch (error) {
			if (isAuthenticationRequired(error)) return error;
			throw error;
		}
	}

	#getterOf(account: string): GetToken {
		if (this.#silent?.account === account) return this.#silent.getToken;
		const { client, credentialName, proof } = this.#parts;
		const { clientId, environment } = client;
		const getToken = tokenGetter({
			credentialName,
			owner: { clientId, environment, homeAccountId: account },
			tenantId: this.#needs.tenantId,
			options: {
				additionallyAllowedTenants: this.#needs.allowedTenants,
				tokenCache: this.#cache,
			},
			source: async (request, held) => {
				const { refreshFirst } = await import("../entra/refresh-first.ts");
				return refreshFirst(credentialName, client, proof)(request, held);
			},
		});
		this.#silent = { account, getToken };
		return getToken;
	}

	#signIn(need: UserNeed, prompts: PromptQueue<SignIn>): Promise<SignIn> {
		const { abortSignal } = need.ask;
		return prompts.join(need.key, abortSignal, (signal) =>
			this.#show(need, signal),
		);
	}

	async #show(need: UserNeed, abortSignal: AbortSignal): Promise<SignIn> {
		const { client, credentialName, loginHint } = this.#parts;
		const { clientId, environment } = client;
		const record = this.#record;
		const hint = loginHint ?? record?.username;
		const request = {
			...need.request,
			abortSignal,
			...(hint && { loginHint: hint }),
			...(record && { expectedAccountId: record.homeAccountId }),
		};
		const grant = await abortable(this.#prompt(request), abortSignal);

		const { accountOf } = await import("../entra/check-account.ts");
		const account = accountOf(credentialName, grant, record?.homeAccountId);
		const { homeAccountId } = account;
		const { cae, tenantId } = need.request;
		const token = await this.#cache
			.partition({ clientId, environment, tenantId, homeAccountId }, cae)
			.put(need.ask, grant);
		this.#account = homeAccountId;
		return { token, record: recordOf(clientId, account) };
	}
}

async function requiredError(
	...about: Parameters<RequiredError>
): Promise<AuthenticationRequiredError> {
	const { requiredError } = await import("./required-error.ts");
	return requiredError(...about);
}

type RequiredError = typeof import("./required-error.ts").requiredError;
