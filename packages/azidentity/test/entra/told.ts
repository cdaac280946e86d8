import assert from "node:assert/strict";
import { inspect } from "node:util";
import {
	type BrowserSignInSettings,
	browserSignIn,
} from "../../src/entra/browser-sign-in.ts";
import { entraClient } from "../../src/entra/entra-client.ts";
import { AuthenticationError } from "../../src/errors.ts";
import { ANY_PORT } from "../../src/foundation/redirect-address.ts";
import type { PromptRequest } from "../../src/token.ts";
import { type Received, type Sent, send } from "../platform/door.ts";
import {
	CLIENT_ID,
	GRANTED,
	type Scripted,
	ScriptedService,
	TENANT,
	tokenRequest,
} from "./scripted-service.ts";

export const CODE = "planted~code";
export const REFRESH_TOKEN = "planted~refresh~token";

/** What is out of the ordinary in one sign-in. */
export interface Story {
	/** What the browser brings back, by the state it was sent with. */
	brings?: (state: string) => Sent["form"];
	/** The claims of the id token, over the right ones; null: there is none. */
	idToken?: Record<string, unknown> | null;
	/** What the token endpoint answers, in place of a grant. */
	answer?: Scripted;
	settings?: Partial<BrowserSignInSettings>;
	request?: Partial<PromptRequest>;
}

/** One sign-in, with a browser that brings back at once what it is told to, and a scripted token service. */
export async function told(story: Story = {}) {
	const seen: { url?: URL; port?: number } = {};
	let receiving: Promise<Received> | undefined;
	let answer: (scripted: Scripted) => void = () => {};
	const pending = new Promise<Scripted>((resolve) => {
		answer = resolve;
	});
	const service = new ScriptedService({ pending });
	const browser = async (address: string) => {
		const url = new URL(address);
		const parameters = Object.fromEntries(url.searchParams);
		const { redirect_uri: redirectUri = "", state = "" } = parameters;
		const { pathname: path, port } = new URL(redirectUri);
		Object.assign(seen, { url, port: Number(port) });
		answer(story.answer ?? { body: granted(parameters, story.idToken) });
		const form = story.brings?.(state) ?? { code: CODE, state };
		receiving = send(Number(port), { path, form });
		await receiving;
	};
	const settings: BrowserSignInSettings = {
		credentialName: "TestCredential",
		client: entraClient("TestCredential", CLIENT_ID, service.options()),
		address: ANY_PORT,
		responseMode: "form_post",
		pages: {},
		timeout: 300_000,
		setTimeout: undefined,
		openBrowser: browser,
		...story.settings,
	};
	const ending = browserSignIn(settings, {
		...tokenRequest(),
		...story.request,
	});
	const outcome = await ending.then(
		(grant) => ({ grant, failure: undefined }),
		(failure: unknown) => ({ grant: undefined, failure }),
	);
	const page = await receiving?.catch(() => undefined); // it may have been cut off
	return { ...outcome, ...seen, page, requests: service.seen };
}

function granted(
	{ client_id: aud, nonce }: Record<string, string>,
	claims: Record<string, unknown> | null = {},
) {
	if (claims === null) return GRANTED;
	const all = { aud, nonce, sub: "s", oid: "o", tid: TENANT, ...claims };
	const payload = Buffer.from(JSON.stringify(all)).toString("base64url");
	return {
		...GRANTED,
		refresh_token: REFRESH_TOKEN,
		id_token: `e30.${payload}.`,
	};
}

/** The failure of a sign-in that the service or the browser spoilt: typed, and with nothing secret in it. */
export function refused(
	failure: unknown,
	...secrets: (string | null | undefined)[]
): AuthenticationError {
	assert.ok(failure instanceof AuthenticationError, inspect(failure));
	const shown = `${inspect(failure, { depth: 20, showHidden: true })}${JSON.stringify(failure)}`;
	for (const secret of [CODE, REFRESH_TOKEN, ...secrets])
		assert.equal(shown.includes(secret || CODE), false, shown);
	return failure;
}
