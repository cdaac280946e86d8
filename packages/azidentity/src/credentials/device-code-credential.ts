import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import type { AuthenticationRecord } from "../authentication-record.ts";
import type { DeviceCodeInfo } from "../entra/device-code-prompt.ts";
import { entraClient } from "../entra/entra-client.ts";
import { required } from "../foundation/validate.ts";
import type {
	CredentialPersistenceOptions,
	TokenCacheOption,
} from "./cache-options.ts";
import {
	DEVELOPER_CLIENT_ID,
	type InteractiveCredentialOptions,
} from "./interactive-credential-options.ts";
import { UserTokenGetter } from "./user-token-getter.ts";

export type { DeviceCodeInfo } from "../entra/device-code-prompt.ts";

/** Shows a person the code and the page to enter it at. It is awaited when it returns a promise. */
export type DeviceCodePromptCallback = (deviceCodeInfo: DeviceCodeInfo) => void;

/** Options of {@link DeviceCodeCredential}. */
export interface DeviceCodeCredentialOptions
	extends InteractiveCredentialOptions,
		CredentialPersistenceOptions,
		TokenCacheOption {
	/**
	 * The id or the domain name of the tenant. Default: the one that the person belongs to ("organizations"; "common",
	 * which admits personal accounts too, with a `clientId` of your own).
	 */
	tenantId?: string;
	/**
	 * The (client) id of an application that allows public client flows. Default: that of Azure's developer
	 * tools, which is for trying things out and not for production.
	 */
	clientId?: string;
	/** Shows the person what to do. Default: the message, with the page and the code, on standard error. */
	userPromptCallback?: DeviceCodePromptCallback;
}

const NAME = "DeviceCodeCredential";

/**
 * Has a person sign in at another device, or in any browser, by a short code (RFC 8628): for terminals, remote
 * machines and devices without a browser. Afterwards their tokens are got silently.
 */
export class DeviceCodeCredential implements TokenCredential {
	readonly #user: UserTokenGetter;

	/**
	 * @throws CredentialUnavailableError when the tenant or the client id cannot be right.
	 * @throws TypeError when another option cannot be right, such as a record of another client.
	 */
	constructor(givenOptions?: DeviceCodeCredentialOptions) {
		const options = givenOptions ?? {};
		const { clientId = DEVELOPER_CLIENT_ID } = options;
		const { userPromptCallback: show = printOnTerminal } = options;
		required(NAME, { clientId });
		if (typeof show !== "function")
			throw new TypeError(
				`${NAME}: the option userPromptCallback must be a function that shows a person the code.`,
			);
		const client = entraClient(NAME, clientId, options);
		const { now, setTimeout } = options;
		this.#user = new UserTokenGetter({
			credentialName: NAME,
			client,
			tenantId: options.tenantId,
			options,
			async prompt(request) {
				const { deviceCodePrompt } = await import(
					"../entra/device-code-prompt.ts"
				);
				const parts = { credentialName: NAME, client, show, now, setTimeout };
				return deviceCodePrompt(parts)(request);
			},
		});
	}

	/**
	 * A token for the scopes: remembered, refreshed, or else got by having the person sign in. Never null.
	 * @throws AuthenticationRequiredError when the person is needed and `disableAutomaticAuthentication` is set.
	 * @throws AuthenticationError when Entra refuses or cannot be reached, the person declines, or the code expires.
	 * @throws CredentialUnavailableError when `options.tenantId` is not one the credential may use.
	 * @throws AbortError as soon as `options.abortSignal` fires.
	 */
	getToken(
		scopes: string | string[],
		options?: GetTokenOptions,
	): Promise<AccessToken> {
		return this.#user.getToken(scopes, options);
	}

	/**
	 * Has the person sign in, whatever is remembered.
	 * @returns Who it was: keep it, and pass it as `authenticationRecord` in the next run.
	 * @throws as {@link getToken}, and an AuthenticationError when it was somebody else than the record names.
	 */
	authenticate(
		scopes: string | string[],
		options?: GetTokenOptions,
	): Promise<AuthenticationRecord> {
		return this.#user.authenticate(scopes, options);
	}
}

/** Standard error, so that what a program prints as its result stays what it is. */
function printOnTerminal({ message }: DeviceCodeInfo): void {
	process.stderr.write(`${message}\n`);
}
