import assert from "node:assert/strict";
import type { App, Emulator, User } from "@azidentity/emulator";
import { askToken, proofKey } from "./authority-client.ts";
import { type Browser, browser, type Page } from "./browser.ts";

export const SCOPE =
	"openid profile offline_access https://storage.azure.com/.default";

/** A challenge that nobody means to answer: the one of RFC 7636's example. */
export const CHALLENGE = {
	code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
	code_challenge_method: "S256",
};

/** What an app asks of the authorization endpoint, over what it usually asks. An empty text leaves a parameter out. */
export type Wish = Readonly<Record<string, string>>;

/** The address that an app sends the browser to. */
export function authorizeUrl(
	emulator: Emulator,
	app: App,
	wish: Wish = {},
	tenant = emulator.tenants.contoso.id,
): string {
	const parameters = {
		client_id: app.clientId,
		response_type: "code",
		redirect_uri: "http://localhost:4000",
		scope: SCOPE,
		state: "the-state",
		...wish,
	};
	const sent = Object.entries(parameters).filter(([, value]) => value !== "");
	return `${emulator.authorityHost}/${tenant}/oauth2/v2.0/authorize?${new URLSearchParams(sent)}`;
}

/** Signs somebody in at the page that is open. */
export const enterPassword = (
	window: Browser,
	page: Page,
	user: User,
	password = user.password,
) => window.submit(page, { loginfmt: user.username, passwd: password });

/** The parameters an app receives at the end of a walk. */
export function received(page: Page): Record<string, string> {
	const url = new URL(page.url);
	assert.equal(page.status, 0, `still at ${page.url}: ${page.alert}`);
	const source =
		page.text || url.search.slice(1) || new URL(page.url).hash.slice(1);
	return Object.fromEntries(new URLSearchParams(source));
}

/** Signs a user of the app in, up to the code. */
export async function codeFor(
	emulator: Emulator,
	app: App,
	wish: Wish = {},
	user: User = emulator.users.alice,
	window: Browser = browser(emulator),
) {
	const { verifier, challenge } = proofKey();
	const target = authorizeUrl(emulator, app, {
		code_challenge: challenge,
		code_challenge_method: "S256",
		...wish,
	});
	const page = await enterPassword(window, await window.open(target), user);
	const { code } = received(page);
	return { code: code ?? assert.fail("there is no code"), verifier };
}

/** The answer to the redemption of a fresh code, for the app `native` unless told otherwise. */
export async function signedIn(emulator: Emulator, wish: Wish = {}) {
	const { native } = emulator.apps;
	const { code, verifier } = await codeFor(emulator, native, wish);
	const answer = await askToken(emulator, emulator.tenants.contoso.id, {
		grant_type: "authorization_code",
		client_id: native.clientId,
		code,
		code_verifier: verifier,
		redirect_uri: "http://localhost:4000",
		client_info: "1",
	});
	assert.equal(answer.status, 200, answer.text);
	return answer.json;
}
