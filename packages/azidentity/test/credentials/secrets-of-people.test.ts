import assert from "node:assert/strict";
import {
	AuthorizationCodeCredential,
	DeviceCodeCredential,
	UsernamePasswordCredential,
} from "azidentity";
import { describe, test } from "vitest";
import { emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";
import { assertShowsNone, capturedLog, printed } from "./planted-secrets.ts";

const entra = emulatedEntra();
const logged = capturedLog();

const PLANTED = {
	password: "planted-password~1",
	code: "planted-code~2",
	codeVerifier: "planted-verifier~3",
	secret: "planted-secret~4",
	deviceCode: "planted-device-code~5",
	userCode: "PLANTED6",
	refreshToken: "planted-refresh-token~7",
	idToken: "eyJhbGciOiJub25lIn0.eyJwbGFudGVkIjoicGxhbnRlZCJ9.plantedsignature8",
	accessToken: "eyJhbGciOiJub25lIn0.eyJhIjoicGxhbnRlZCJ9.plantedsignature9",
	anchor: "planted-uid",
};
const SECRETS = Object.values(PLANTED);

const idToken = () =>
	`e30.${Buffer.from(
		JSON.stringify({
			aud: entra.emulator.apps.native.clientId,
			sub: "s",
			oid: PLANTED.anchor,
		}),
	).toString("base64url")}.`;

const options = (onCode: (info: object) => void = () => {}) => ({
	...entra.options,
	loggingOptions: { enableUnsafeSupportLogging: true },
	tenantId: entra.emulator.tenants.contoso.id,
	clientId: entra.emulator.apps.native.clientId,
	codeVerifier: PLANTED.codeVerifier,
	userPromptCallback: onCode,
	// Waits are over at once; the limits of attempts are left to time.
	setTimeout: (callback: () => void, milliseconds: number) =>
		milliseconds === 30_000
			? setTimeout(callback, milliseconds)
			: setImmediate(callback),
});

const credentials = () => {
	const given = options();
	const { clientId, tenantId } = given;
	const redirect = "http://localhost";
	const { code, codeVerifier, deviceCode, password, secret } = PLANTED;
	const name = "someone@contoso.test";
	return [
		{
			credential: new UsernamePasswordCredential(
				tenantId,
				clientId,
				name,
				password,
				given,
			),
			sent: [password],
		},
		{
			credential: new AuthorizationCodeCredential(
				tenantId,
				clientId,
				secret,
				code,
				redirect,
				given,
			),
			sent: [code, codeVerifier, secret],
		},
		{ credential: new DeviceCodeCredential(given), sent: [deviceCode] },
	];
};

/** The device endpoint hands out codes that can be recognised. */
const plantCodes = () =>
	entra.emulator.addFault({
		path: "/devicecode",
		times: null,
		body: {
			user_code: PLANTED.userCode,
			device_code: PLANTED.deviceCode,
			verification_uri: "https://example.test/device",
			expires_in: 900,
			message: `enter ${PLANTED.userCode}`,
		},
	});

const granted = () => ({
	token_type: "Bearer",
	expires_in: 3_599,
	access_token: PLANTED.accessToken,
	refresh_token: PLANTED.refreshToken,
	id_token: idToken(),
	client_info: Buffer.from(
		JSON.stringify({ uid: PLANTED.anchor, utid: "t" }),
	).toString("base64url"),
});

/** A service that answers by quoting what it was sent, bare and as it stood in the form. */
const quoting = (
	status: number,
	sent: readonly string[],
	more: object = {},
) => ({
	path: "/token",
	times: null,
	status,
	body: {
		error: "invalid_grant",
		error_description: `AADSTS70000: not ${sent.join(", ")}, ${new URLSearchParams(sent.map((value): [string, string] => ["x", value]))}`,
		trace_id: sent.join(" "),
		...more,
	},
});

describe("No log line, error or inspection shows what a person is known by", () => {
	test("when they sign in, and when their token is refreshed", async () => {
		await plantCodes();
		for (const { credential } of credentials()) {
			for (const body of [granted(), granted()])
				await entra.emulator.addFault({ path: "/token", body });
			await credential.getToken(VAULT);
			await credential.getToken(STORAGE);
			assertShowsNone(SECRETS, printed(credential));
		}
		const log = await logged();
		assert.match(log, /DeviceCodeCredential => getToken\(\) => SUCCESS/);
		assertShowsNone(SECRETS, log);
		assertShowsNone(["someone@contoso.test"], log);
	});

	test.each([
		["is refused, in words that quote the request", 400],
		["meets a service in trouble that quotes it", 503],
		["is answered by nothing but quotes", 200],
	])("when the sign-in %s", async (_, status) => {
		await plantCodes();
		for (const { credential, sent } of credentials()) {
			await entra.emulator.addFault(quoting(status, sent));
			const failure = await credential.getToken(VAULT).catch((error) => error);
			await entra.emulator.clearFaults();
			await plantCodes();
			assert.equal(failure.name, "AuthenticationError");
			assertShowsNone(SECRETS, printed(failure));
		}
		assertShowsNone(SECRETS, await logged());
	});

	test("when the refresh token is refused, and the person is needed", async () => {
		const given = { ...options(), disableAutomaticAuthentication: true };
		const credential = new DeviceCodeCredential(given);
		await plantCodes();
		await entra.emulator.addFault({ path: "/token", body: granted() });
		await credential.authenticate(VAULT);
		await entra.emulator.addFault(
			quoting(400, [PLANTED.refreshToken], {
				claims: '{"access_token":{"planted-uid":{}}}',
			}),
		);
		const failure = await credential.getToken(STORAGE).catch((error) => error);
		assert.equal(failure.name, "AuthenticationRequiredError");
		const shown = [String(failure), JSON.stringify(failure), failure.stack];
		assertShowsNone(SECRETS, shown.join("\n"));
		assertShowsNone(SECRETS, await logged());
	});

	test("when the program's own callback throws what it was shown", async () => {
		await plantCodes();
		const credential = new DeviceCodeCredential(
			options((info) => {
				throw new Error(JSON.stringify(info));
			}),
		);
		await assert.rejects(credential.getToken(VAULT), /PLANTED6/);
		const log = await logged();
		assert.match(log, /DeviceCodeCredential => getToken\(\) => ERROR/);
		assertShowsNone(SECRETS, log);
	});
});
