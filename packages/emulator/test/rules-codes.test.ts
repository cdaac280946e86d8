// The rule table, part 2 of 3: what the emulator has to refuse when a code or a refresh token is redeemed.
import assert from "node:assert/strict";
import type { Emulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import {
	type Answer,
	ask,
	askToken,
	startedEmulator,
} from "./authority-client.ts";
import { browser } from "./browser.ts";
import {
	authorizeUrl,
	CHALLENGE,
	codeFor,
	enterPassword,
	received,
	SCOPE,
	signedIn,
} from "./sign-in.ts";

let emulator: Emulator;
let contoso: string;
beforeAll(async () => {
	emulator = await startedEmulator();
	contoso = emulator.tenants.contoso.id;
});

const redeem = (
	{ code, verifier }: { code: string; verifier?: string },
	form: Record<string, string> = {},
	tenant = contoso,
) =>
	askToken(emulator, tenant, {
		grant_type: "authorization_code",
		client_id: emulator.apps.native.clientId,
		redirect_uri: "http://localhost:4000",
		code,
		...(verifier && { code_verifier: verifier }),
		...form,
	});

const assertRefused = (
	answer: Answer,
	status: number,
	error: string,
	code: number,
) => {
	assert.equal(answer.status, status, answer.text);
	assert.equal(answer.json.error, error);
	assert.deepEqual(answer.json.error_codes, [code]);
};

describe("redeeming a code", () => {
	test("a code without its verifier is refused", async () => {
		const { code } = await codeFor(emulator, emulator.apps.native);

		assertRefused(await redeem({ code }), 400, "invalid_grant", 501481);
	});

	test("a code with another verifier is refused", async () => {
		const { code } = await codeFor(emulator, emulator.apps.native);

		const answer = await redeem({ code, verifier: "x".repeat(43) });

		assertRefused(answer, 400, "invalid_grant", 501481);
	});

	test("a verifier is refused where no challenge was made", async () => {
		const { web } = emulator.apps;
		const { code, verifier } = await codeFor(emulator, web, {
			redirect_uri: "https://localhost:3001/cb",
			code_challenge: "",
			code_challenge_method: "",
		});

		const answer = await redeem(
			{ code, verifier },
			{
				client_id: web.clientId,
				client_secret: web.secrets[0],
				redirect_uri: "https://localhost:3001/cb",
			},
		);

		assertRefused(answer, 400, "invalid_grant", 501481);
	});

	test("another client's code is refused", async () => {
		const granted = await codeFor(emulator, emulator.apps.native);

		const answer = await redeem(granted, {
			client_id: emulator.apps.azureCli.clientId,
		});

		assertRefused(answer, 400, "invalid_grant", 70000);
	});

	test("another tenant's code is refused", async () => {
		const granted = await codeFor(emulator, emulator.apps.azureCli);

		const answer = await redeem(
			granted,
			{ client_id: emulator.apps.azureCli.clientId },
			emulator.tenants.fabrikam.id,
		);

		assertRefused(answer, 400, "invalid_grant", 70000);
	});

	test("a code is refused at another port than it was sent to", async () => {
		const granted = await codeFor(emulator, emulator.apps.native);

		const answer = await redeem(granted, {
			redirect_uri: "http://localhost:4001",
		});

		assertRefused(answer, 400, "invalid_grant", 500112);
	});

	test("a code past its time is refused as expired", async () => {
		const granted = await codeFor(emulator, emulator.apps.native);
		await emulator.advanceClock(11 * 60_000);

		assertRefused(await redeem(granted), 400, "invalid_grant", 70008);
		await emulator.advanceClock(-11 * 60_000);
	});

	test("a code that comes twice is refused, and takes its refresh token with it", async () => {
		const granted = await codeFor(emulator, emulator.apps.native);
		const first = await redeem(granted);
		const second = await redeem(granted);
		const refreshed = await refresh(first.json.refresh_token);

		assert.equal(first.status, 200, first.text);
		assertRefused(second, 400, "invalid_grant", 54005);
		assertRefused(refreshed, 400, "invalid_grant", 70000);
	});

	test("a code that never was is refused", async () => {
		const answer = await redeem({ code: "no-such-code" });

		assertRefused(answer, 400, "invalid_grant", 70000);
	});
});

const refresh = (
	token: string,
	client = emulator.apps.native.clientId,
	tenant = contoso,
) =>
	askToken(emulator, tenant, {
		grant_type: "refresh_token",
		client_id: client,
		refresh_token: token,
		scope: SCOPE,
	});

describe("redeeming a refresh token", () => {
	test("another client's refresh token is refused", async () => {
		const { refresh_token: token } = await signedIn(emulator);

		const answer = await refresh(token, emulator.apps.azureCli.clientId);

		assertRefused(answer, 400, "invalid_grant", 70000);
		assert.equal(answer.json.suberror, "client_mismatch");
	});

	test("another tenant's refresh token is refused", async () => {
		const { alice } = emulator.users;
		const { clientId } = emulator.apps.azureCli;
		const { json } = await askToken(emulator, contoso, {
			grant_type: "password",
			client_id: clientId,
			username: alice.username,
			password: alice.password,
			scope: SCOPE,
		});

		const answer = await refresh(
			json.refresh_token,
			clientId,
			emulator.tenants.fabrikam.id,
		);

		assertRefused(answer, 400, "invalid_grant", 70000);
	});

	test("a refresh token past its time is refused as expired", async () => {
		const { refresh_token: token } = await signedIn(emulator);
		const days = 91 * 86_400_000;
		await emulator.advanceClock(days);
		const answer = await refresh(token);
		await emulator.advanceClock(-days);

		assertRefused(answer, 400, "invalid_grant", 700082);
		assert.equal(answer.json.suberror, "bad_token");
	});

	test("with strict rotation a refresh token works once, and its successor dies with it", async () => {
		await emulator.configure({ strictRotation: true });
		const { refresh_token: token } = await signedIn(emulator);
		const first = await refresh(token);
		const second = await refresh(token);
		const successor = await refresh(first.json.refresh_token);
		await emulator.configure({ strictRotation: false });

		assert.equal(first.status, 200, first.text);
		assertRefused(second, 400, "invalid_grant", 70000);
		assertRefused(successor, 400, "invalid_grant", 70000);
	});
});

describe("devices and sign-out", () => {
	test("another client's device code is refused", async () => {
		const { json } = await ask(emulator, `/${contoso}/oauth2/v2.0/devicecode`, {
			form: { client_id: emulator.apps.native.clientId, scope: SCOPE },
		});
		await emulator.approveDevice(json.user_code, emulator.users.alice.username);

		const answer = await askToken(emulator, contoso, {
			grant_type: "device_code",
			client_id: emulator.apps.azureCli.clientId,
			device_code: json.device_code,
		});

		assertRefused(answer, 400, "invalid_grant", 70000);
	});

	test("signing out leads only to an address of the app", async () => {
		const { native } = emulator.apps;
		const window = browser(emulator);
		const page = await window.open(authorizeUrl(emulator, native, CHALLENGE));
		received(await enterPassword(window, page, emulator.users.alice));
		const out = (address: string) =>
			`/${contoso}/oauth2/v2.0/logout?${new URLSearchParams({ client_id: native.clientId, post_logout_redirect_uri: address })}`;

		const refused = await window.open(out("https://elsewhere.example/"));
		const question = await window.open(out("http://localhost:4000"));
		const gone = await window.submit(question, { logout: "yes" });

		assert.equal(refused.status, 400);
		assert.match(refused.alert ?? "", /^AADSTS90023: post_logout_redirect_uri/);
		assert.equal(gone.url, "http://localhost:4000/");
	});
});
