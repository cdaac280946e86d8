import type {
	AccessToken,
	GetTokenOptions,
	TokenCredential,
} from "@azure/core-auth";
import type { AuthenticationRecord } from "../authentication-record.ts";
import { entraClient } from "../entra/entra-client.ts";
import {
	ANY_PORT,
	type RedirectAddress,
	redirectAddress,
} from "../foundation/redirect-address.ts";
import { required } from "../foundation/validate.ts";
import type { Prompt } from "../token.ts";
import { checkNoBroker } from "./broker-options.ts";
import type {
	InteractiveBrowserCredentialInBrowserOptions,
	InteractiveBrowserCredentialNodeOptions,
} from "./interactive-browser-options.ts";
import { DEVELOPER_CLIENT_ID } from "./interactive-credential-options.ts";
import { UserTokenGetter } from "./user-token-getter.ts";

export type {
	BrowserCustomizationOptions,
	BrowserLoginStyle,
	InteractiveBrowserCredentialInBrowserOptions,
	InteractiveBrowserCredentialNodeOptions,
} from "./interactive-browser-options.ts";

const NAME = "InteractiveBrowserCredential";

/** Long enough for a second factor, short enough that a forgotten window does not keep a program for ever. */
const SIGN_IN_TIMEOUT_MS = 5 * 60_000;

/**
 * Has a person sign in with the browser of this machine (RFC 6749 §4.1 with PKCE), then gets tokens without them for
 * as long as the service allows. The answer comes back to a port of this machine that is open only meanwhile.
 */
export class InteractiveBrowserCredential implements TokenCredential {
	readonly #user: UserTokenGetter;

	/**
	 * @throws TypeError when an option cannot be right, or wants a broker; it names which.
	 * @throws CredentialUnavailableError when the client or the tenant cannot be one.
	 */
	constructor(
		options?:
			| InteractiveBrowserCredentialNodeOptions
			| InteractiveBrowserCredentialInBrowserOptions,
	) {
		const given: InteractiveBrowserCredentialNodeOptions = options ?? {};
		const { clientId = DEVELOPER_CLIENT_ID, loginHint } = given;
		required(NAME, { clientId });
		checkNoBroker(NAME, given.brokerOptions);
		const client = entraClient(NAME, clientId, given);
		const settings = settingsOf(given);
		const show: Prompt = async (request) => {
			const address = settings.address();
			const { browserSignIn } = await import("../entra/browser-sign-in.ts");
			return browserSignIn(
				{ ...settings, credentialName: NAME, client, address },
				request,
			);
		};
		this.#user = new UserTokenGetter({
			credentialName: NAME,
			client,
			tenantId: given.tenantId,
			options: given,
			prompt: oneAfterAnother(show),
			loginHint: loginHint || undefined,
		});
	}

	/**
	 * A token for the scopes, such as "https://storage.azure.com/.default": remembered, refreshed, or got by having
	 * the person sign in. Never null.
	 * @throws AuthenticationRequiredError when the person is needed and `disableAutomaticAuthentication` is set.
	 * @throws AuthenticationError when the sign-in is cancelled, refused or not finished in time, or when Entra cannot
	 * be reached and no token is left.
	 * @throws CredentialUnavailableError when no browser can be opened, the port of `redirectUri` is taken, or
	 * `options.tenantId` is not one the credential may use.
	 * @throws AbortError as soon as `options.abortSignal` fires.
	 */
	getToken(
		scopes: string | string[],
		options?: GetTokenOptions,
	): Promise<AccessToken> {
		return this.#user.getToken(scopes, options);
	}

	/**
	 * Has the person sign in, whatever is remembered, and tells who it was: keep the record for the next run.
	 * @throws what {@link getToken} throws.
	 */
	authenticate(
		scopes: string | string[],
		options?: GetTokenOptions,
	): Promise<AuthenticationRecord> {
		return this.#user.authenticate(scopes, options);
	}
}

/**
 * Shows a page when the one before it is gone. A caller who leaves is free at once, but the port is only when the
 * browser has been told; the next sign-in may need that very port.
 */
function oneAfterAnother(show: Prompt): Prompt {
	let last: Promise<unknown> = Promise.resolve();
	return (request) => {
		const shown = last.then(() => show(request));
		last = shown.catch(() => {}); // who waits for it hears of it
		return shown;
	};
}

/** What the options say of the sign-in, checked. */
function settingsOf(options: InteractiveBrowserCredentialNodeOptions) {
	const {
		browserCustomizationOptions: { errorMessage, successMessage } = {},
		loginHint,
		openBrowser,
		redirectUri,
		responseMode = "form_post",
		setTimeout,
		signInTimeout: timeout = SIGN_IN_TIMEOUT_MS,
	} = options;
	checkText("loginHint", loginHint);
	checkText("browserCustomizationOptions.errorMessage", errorMessage);
	checkText("browserCustomizationOptions.successMessage", successMessage);
	if (responseMode !== "form_post" && responseMode !== "query")
		throw wrong("responseMode", 'must be "form_post" or "query"');
	if (!(typeof timeout === "number" && timeout > 0))
		throw wrong("signInTimeout", "must be a number of milliseconds above 0");
	return {
		address: addressReader(redirectUri),
		openBrowser,
		pages: { errorMessage, successMessage },
		responseMode,
		setTimeout,
		timeout,
	};
}

/** A fixed address is checked at once; one that a function gives, when it does. */
function addressReader(
	redirectUri: InteractiveBrowserCredentialNodeOptions["redirectUri"],
): () => RedirectAddress {
	if (typeof redirectUri === "function")
		return () => redirectAddress(NAME, redirectUri());
	const address = redirectUri ? redirectAddress(NAME, redirectUri) : ANY_PORT;
	return () => address;
}

function checkText(option: string, value: unknown): void {
	if (value !== undefined && typeof value !== "string")
		throw wrong(option, "must be a string");
}

function wrong(option: string, reason: string): TypeError {
	return new TypeError(`${NAME}: the option ${option} ${reason}.`);
}
