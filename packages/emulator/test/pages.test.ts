import assert from "node:assert/strict";
import type { App, Emulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import { askToken, payloadOf, startedEmulator } from "./authority-client.ts";
import { type Browser, browser } from "./browser.ts";
import {
	authorizeUrl,
	CHALLENGE,
	codeFor,
	enterPassword,
	received,
	type Wish,
} from "./sign-in.ts";

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startedEmulator();
});

const start = (
	window: Browser,
	wish: Wish = {},
	app: App = emulator.apps.native,
) => window.open(authorizeUrl(emulator, app, { ...CHALLENGE, ...wish }));

/** Whose code it is. */
async function userOf(code: string | undefined, verifier: string) {
	const { json, text } = await askToken(emulator, emulator.tenants.contoso.id, {
		grant_type: "authorization_code",
		client_id: emulator.apps.native.clientId,
		redirect_uri: "http://localhost:4000",
		code: code ?? "",
		code_verifier: verifier,
	});
	assert.ok(json.id_token, text);
	return payloadOf(json.id_token).preferred_username;
}

/** The verifier of {@link CHALLENGE}. */
const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

describe("the sign-in page", () => {
	test("says for which app and directory, and suggests the accounts", async () => {
		const page = await start(browser(emulator));

		assert.equal(page.status, 200);
		assert.match(page.text, /<b>Native app<\/b>.*<b>Contoso<\/b>/);
		assert.match(page.text, /value="alice@contoso\.test"/);
		assert.doesNotMatch(page.text, /carol@/);
		assert.match(page.text, /<label for="loginfmt">/);
		assert.match(page.text, /<label for="passwd">/);
		assert.match(
			String(page.headers["content-security-policy"]),
			/default-src 'none'/,
		);
	});

	test("says what is wrong after a wrong password, and lets one try again", async () => {
		const window = browser(emulator);
		const page = await start(window);
		const wrong = await enterPassword(
			window,
			page,
			emulator.users.alice,
			"wrong",
		);
		const done = await enterPassword(window, wrong, emulator.users.alice);

		assert.equal(wrong.alert, "Your account or password is incorrect.");
		assert.match(wrong.text, /id="loginfmt"[^>]*value="alice@contoso\.test"/);
		assert.match(wrong.text, /id="passwd"[^>]*autofocus[^>]*aria-invalid/);
		assert.ok(received(done).code);
	});

	test("sends the person who cancels back to the app, which is told so", async () => {
		const window = browser(emulator);
		const page = await start(window);

		const back = received(await window.submit(page, { cancel: "1" }));

		assert.equal(back.error, "access_denied");
		assert.match(back.error_description ?? "", /^AADSTS65004: /);
		assert.equal(back.state, "the-state");
	});

	test("tells a person of another directory where they belong", async () => {
		const window = browser(emulator);

		const page = await enterPassword(
			window,
			await start(window),
			emulator.users.carol,
		);

		assert.match(page.alert ?? "", /carol@fabrikam\.test belongs to Fabrikam/);
	});

	test("shows what was typed as text, never as markup", async () => {
		const window = browser(emulator);
		const evil = '"><script>alert(1)</script>';
		const page = await start(window, { login_hint: evil });
		const again = await window.submit(page, { loginfmt: evil, passwd: "" });

		for (const { text } of [page, again]) assert.doesNotMatch(text, /<script>/);
	});

	test("of another browser's sign-in is refused", async () => {
		const page = await start(browser(emulator));

		const other = await browser(emulator).open(page.url);

		assert.equal(other.status, 400);
		assert.match(other.alert ?? "", /another browser/);
	});

	test("of the common endpoint is that of the hinted account's tenant", async () => {
		const target = authorizeUrl(
			emulator,
			emulator.apps.azureCli,
			{ ...CHALLENGE, login_hint: emulator.users.carol.username },
			"common",
		);

		const page = await browser(emulator).open(target);

		assert.match(page.text, /<b>Fabrikam<\/b>/);
		assert.match(page.text, /id="loginfmt"[^>]*value="carol@fabrikam\.test"/);
	});
});

describe("being signed in", () => {
	const signedInWindow = async () => {
		const window = browser(emulator);
		await enterPassword(window, await start(window), emulator.users.alice);
		return window;
	};

	test("with prompt=none an app gets its code without a page", async () => {
		const window = await signedInWindow();

		const back = received(await start(window, { prompt: "none" }));

		assert.equal(
			await userOf(back.code, VERIFIER),
			emulator.users.alice.username,
		);
	});

	test("with prompt=none and nobody signed in the app is told so", async () => {
		const back = received(await start(browser(emulator), { prompt: "none" }));

		assert.equal(back.error, "login_required");
		assert.match(back.error_description ?? "", /^AADSTS50058: /);
	});

	test("with prompt=select_account one may go on, or be somebody else", async () => {
		const window = await signedInWindow();
		const { alice, bob } = emulator.users;
		const choice = await start(window, { prompt: "select_account" });
		const same = received(await window.submit(choice, { continue: alice.id }));
		const again = await start(window, { prompt: "select_account" });
		const other = received(await enterPassword(window, again, bob));
		const after = received(await start(window, { prompt: "none" }));

		assert.match(choice.text, /Continue as alice@contoso\.test/);
		assert.equal(await userOf(same.code, VERIFIER), alice.username);
		assert.equal(await userOf(other.code, VERIFIER), bob.username);
		assert.equal(await userOf(after.code, VERIFIER), bob.username);
	});

	test("with prompt=login the password is asked for again", async () => {
		const window = await signedInWindow();
		const page = await start(window, { prompt: "login" });
		const cheat = await window.post(page.url, {
			continue: emulator.users.alice.id,
		});

		assert.doesNotMatch(page.text, /Continue as/);
		assert.match(cheat.alert ?? "", /incorrect/);
	});

	test("ends with the sign-out", async () => {
		const window = await signedInWindow();
		const question = await window.open(
			`/${emulator.tenants.contoso.id}/oauth2/v2.0/logout`,
		);
		const gone = await window.submit(question, { logout: "yes" });
		const back = received(await start(window, { prompt: "none" }));

		assert.match(question.text, /Do you want to sign out\?/);
		assert.match(gone.text, /You signed out/);
		assert.equal(back.error, "login_required");
	});

	test("ends with a revocation", async () => {
		const window = await signedInWindow();
		await emulator.revoke(emulator.users.alice.username);

		const back = received(await start(window, { prompt: "none" }));

		assert.equal(back.error, "login_required");
	});
});

describe("the ways back to an app", () => {
	test.each(["query", "fragment", "form_post"])(
		"a code comes back by %s",
		async (mode) => {
			const { code } = await codeFor(emulator, emulator.apps.native, {
				response_mode: mode,
			});

			assert.ok(code);
		},
	);

	test.each(["query", "fragment", "form_post"])(
		"an error comes back by %s in the service's words",
		async (mode) => {
			const page = await start(browser(emulator), {
				prompt: "none",
				response_mode: mode,
			});

			assert.match(
				received(page).error_description ?? "",
				/^AADSTS50058: .* Correlation ID: /,
			);
		},
	);
});
