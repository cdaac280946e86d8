import {
	calculatePKCECodeChallenge,
	generateRandomCodeVerifier,
	generateRandomNonce,
	generateRandomState,
} from "oauth4webapi";
import { AuthenticationError } from "../errors.ts";
import type { SetTimeout } from "../foundation/abort.ts";
import type { RedirectAddress } from "../foundation/redirect-address.ts";
import { type Loopback, openLoopback } from "../platform/loopback.ts";
import type { ResponseMode } from "../platform/loopback-request.ts";
import { type OpenBrowser, openBrowser } from "../platform/open-browser.ts";
import {
	type CustomPages,
	errorPage,
	successPage,
} from "../platform/sign-in-pages.ts";
import type { Grant, PromptRequest } from "../token.ts";
import { codeFrom } from "./authorization-response.ts";
import { authorizationUrl } from "./authorization-url.ts";
import { checkAccount } from "./check-account.ts";
import type { EntraClient } from "./entra-client.ts";
import { tokenForm } from "./token-form.ts";

/** What the page says first, by the error. */
const HEADLINES: ReadonlyMap<string, string> = new Map([
	["access_denied", "The sign-in was cancelled"],
	["account_mismatch", "Another account is expected"],
]);

/** How a person is asked to sign in. */
export interface BrowserSignInSettings {
	readonly credentialName: string;
	readonly client: EntraClient;
	readonly address: RedirectAddress;
	readonly responseMode: ResponseMode;
	readonly pages: CustomPages;
	/** How long a person has, in milliseconds. */
	readonly timeout: number;
	readonly setTimeout: SetTimeout | undefined;
	readonly openBrowser: OpenBrowser | undefined;
}

/** What ties the answer, and the tokens behind it, to one sign-in: 256 random bits each. */
interface Ties {
	readonly state: string;
	readonly nonce: string;
	readonly verifier: string;
}

/**
 * Has a person sign in with a browser (RFC 6749 §4.1 with RFC 7636, as RFC 8252 wants it of apps) and gets their token.
 * Nothing of it is left when it ends, however it ends.
 * @throws AuthenticationError when the sign-in is declined, refused or not finished in time.
 * @throws CredentialUnavailableError when there is no browser, or no port for it to come back to.
 */
export async function browserSignIn(
	settings: BrowserSignInSettings,
	request: PromptRequest,
): Promise<Grant> {
	const ties: Ties = {
		state: generateRandomState(),
		nonce: generateRandomNonce(),
		verifier: generateRandomCodeVerifier(),
	};
	const { client, credentialName } = settings;
	const form = tokenForm(credentialName, client.clientId, request, true);
	const { authorization: endpoint } = await client.endpoints(request);
	const loopback = await openLoopback({
		...settings,
		abortSignal: request.abortSignal,
		state: ties.state,
	});
	try {
		return await signIn(settings, request, { endpoint, form, loopback, ties });
	} finally {
		await loopback.close();
	}
}

interface SignIn {
	readonly endpoint: string;
	readonly form: Readonly<Record<string, string>>;
	readonly loopback: Loopback;
	readonly ties: Ties;
}

async function signIn(
	settings: BrowserSignInSettings,
	request: PromptRequest,
	{ endpoint, form, loopback, ties }: SignIn,
): Promise<Grant> {
	const { client, credentialName, pages, responseMode } = settings;
	const { redirectUri } = loopback;
	const url = authorizationUrl(endpoint, form, {
		...ties,
		codeChallenge: await calculatePKCECodeChallenge(ties.verifier),
		loginHint: request.loginHint,
		redirectUri,
		responseMode,
	});
	const opening = openBrowser(credentialName, url, settings.openBrowser);
	// An opener may run as long as its browser. Its failure ends the wait; its success does not.
	const failing = opening.then(() => loopback.answer);
	const answer = await Promise.race([loopback.answer, failing]);
	try {
		const code = codeFrom(answer.parameters, {
			credentialName,
			clientId: client.clientId,
			tenantId: request.tenantId,
			endpoint,
			state: ties.state,
			secrets: Object.values(ties),
		});
		const grant = await client.requestToken(
			request,
			{
				grant_type: "authorization_code",
				code,
				code_verifier: ties.verifier,
				redirect_uri: redirectUri,
			},
			undefined,
			{ nonce: ties.nonce },
		);
		// The page must not say that all is well when it is not.
		checkAccount(credentialName, grant, request.expectedAccountId);
		await answer.show(successPage(pages));
		return grant;
	} catch (error) {
		await answer.show(failurePage(error, settings));
		throw error;
	}
}

/** What the service says is for the person as well; what we say is for who wrote the program. */
function failurePage(
	error: unknown,
	{ credentialName, pages }: BrowserSignInSettings,
): string {
	const isRefusal = error instanceof AuthenticationError;
	const { error: what = "", errorDescription = "" } = isRefusal
		? error.errorResponse
		: {};
	const isOurs = errorDescription.startsWith(`${credentialName}: `);
	const title = HEADLINES.get(what) ?? "The sign-in did not work";
	return errorPage(title, isOurs ? "" : errorDescription, pages);
}
