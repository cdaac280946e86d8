import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "vitest";
import { CredentialUnavailableError } from "../../src/errors.ts";
import { isListening } from "../platform/door.ts";
import { SCOPE, TENANT, TOKEN_URL } from "./scripted-service.ts";
import { CODE, refused, told } from "./told.ts";

const SECRET_OF_256_BITS = /^[\w-]{43}$/;

describe("where the browser is sent", () => {
	test("says who asks for what, how the answer comes back, and what ties it to this sign-in", async () => {
		const { url } = await told();

		assert.equal(url?.host, "login.microsoftonline.com");
		assert.equal(url?.pathname, `/${TENANT}/oauth2/v2.0/authorize`);
		const sent = Object.fromEntries(url?.searchParams ?? []);
		assert.deepEqual(Object.keys(sent).sort(), [
			"client-request-id",
			"client_id",
			"client_info",
			"code_challenge",
			"code_challenge_method",
			"nonce",
			"prompt",
			"redirect_uri",
			"response_mode",
			"response_type",
			"scope",
			"state",
		]);
		assert.match(sent.redirect_uri ?? "", /^http:\/\/localhost:\d+$/);
		assert.equal(sent.scope, `${SCOPE} openid profile offline_access`);
		assert.equal(sent.response_type, "code");
		assert.equal(sent.response_mode, "form_post");
		assert.equal(sent.code_challenge_method, "S256");
		assert.equal(sent.client_info, "1");
		assert.equal(sent.prompt, "select_account");
		assert.match(sent.state ?? "", SECRET_OF_256_BITS);
		assert.match(sent.nonce ?? "", SECRET_OF_256_BITS);
		assert.match(sent.code_challenge ?? "", SECRET_OF_256_BITS);
	});

	test("no two sign-ins have anything in common that could tie one's answer to the other", async () => {
		const [first, second] = [await told(), await told()];
		for (const name of ["state", "nonce", "code_challenge"])
			assert.notEqual(
				first.url?.searchParams.get(name),
				second.url?.searchParams.get(name),
			);
	});

	test("a hint of who signs in leaves no choice of accounts", async () => {
		const { url } = await told({ request: { loginHint: "zoë@contoso.test" } });
		assert.equal(url?.searchParams.get("login_hint"), "zoë@contoso.test");
		assert.equal(url?.searchParams.get("prompt"), "login");
	});

	test("a challenge, and the wish for continuous access evaluation, go along as claims", async () => {
		const claims = '{"access_token":{"nbf":{"value":"1"}}}';
		const { url, requests } = await told({ request: { claims, cae: true } });

		const sent = url?.searchParams.get("claims") ?? "";

		assert.deepEqual(JSON.parse(sent), {
			access_token: { nbf: { value: "1" }, xms_cc: { values: ["CP1"] } },
		});
		assert.equal(requests[0]?.form.claims, sent);
	});
});

describe("what the code is redeemed with", () => {
	test("is the verifier of the challenge, the same address, and no secret", async () => {
		const { url, requests, grant } = await told();

		const { form, url: target } = requests[0] ?? assert.fail("no request");
		assert.equal(target, TOKEN_URL);
		assert.equal(form.grant_type, "authorization_code");
		assert.equal(form.code, CODE);
		assert.equal(form.redirect_uri, url?.searchParams.get("redirect_uri"));
		assert.equal("client_secret" in form, false);
		assert.match(form.code_verifier ?? "", SECRET_OF_256_BITS);
		const hash = createHash("sha256").update(form.code_verifier ?? "");
		assert.equal(
			hash.digest("base64url"),
			url?.searchParams.get("code_challenge"),
		);
		assert.equal(grant?.token.token, "the-token");
	});
});

describe("what the token endpoint answers", () => {
	for (const [what, claims] of Object.entries({
		"another nonce": { nonce: "other" },
		"no nonce": { nonce: undefined },
		"another client": { aud: "33333333-3333-3333-3333-333333333333" },
		nobody: { sub: undefined, oid: undefined },
	}))
		test(`an id token with ${what} is refused, and the person is told`, async () => {
			const { failure, page } = await told({ idToken: claims });
			const error = refused(failure, "the-token");
			assert.equal(error.errorResponse.error, "invalid_response");
			assert.match(page?.text ?? "", /<h1>The sign-in did not work/);
		});

	test("without an id token nothing ties the tokens to the sign-in: refused", async () => {
		const { failure } = await told({ idToken: null });
		assert.match(refused(failure, "the-token").message, /no id token/);
	});

	test("a refusal: the person is told what the service says, without the code it repeats", async () => {
		const { failure, page } = await told({
			answer: {
				status: 400,
				body: {
					error: "invalid_grant",
					error_description: `AADSTS54005: OAuth2 Authorization code ${CODE} was already redeemed.`,
				},
			},
		});
		refused(failure);
		assert.match(page?.text ?? "", /AADSTS54005/);
		assert.equal(page?.text.includes(CODE), false);
	});

	test("a failing connection: not tried again, for a code works once", async () => {
		const { failure, requests } = await told({
			answer: { error: Object.assign(new Error("x"), { code: "ECONNRESET" }) },
		});
		assert.equal(refused(failure).isOutage, true);
		assert.equal(requests.length, 1);
	});
});

describe("when it ends", () => {
	test("nothing listens, whether it went well or not", async () => {
		for (const story of [{}, { brings: (state: string) => ({ state }) }]) {
			const { port = 0 } = await told(story);
			assert.equal(await isListening(port, "127.0.0.1"), false);
		}
	});

	test("because no browser opens, nothing listens and nothing was asked", async () => {
		let port = 0;
		const { failure, requests } = await told({
			settings: {
				openBrowser: async (url) => {
					const redirect = new URL(url).searchParams.get("redirect_uri");
					port = Number(new URL(redirect ?? "").port);
					throw new Error("there is none");
				},
			},
		});
		assert.ok(failure instanceof CredentialUnavailableError);
		assert.equal(requests.length, 0);
		assert.equal(await isListening(port, "127.0.0.1"), false);
	});

	test("because everybody left while the code is redeemed, it ends at once", async () => {
		const controller = new AbortController();
		const { failure, port = 0 } = await told({
			request: { abortSignal: controller.signal },
			answer: {
				pending: new Promise(() => setImmediate(() => controller.abort())),
			},
		});
		assert.equal((failure as Error).name, "AbortError");
		assert.equal(await isListening(port, "127.0.0.1"), false);
	});

	test("bad claims end it before a browser opens", async () => {
		const { failure, url } = await told({ request: { claims: "planted" } });
		assert.ok(failure instanceof TypeError);
		assert.equal(url, undefined);
	});
});
