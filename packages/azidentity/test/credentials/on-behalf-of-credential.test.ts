import assert from "node:assert/strict";
import { hours, minutes } from "@azidentity/testkit";
import { AuthenticationError, TokenCache } from "azidentity";
import { describe, test } from "vitest";
import { assertingDaemon } from "./asserting-daemon.ts";
import { callingUsers } from "./calling-users.ts";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";

const entra = emulatedEntra();
const { signIn, appToken, onBehalfOf } = callingUsers(entra);
const secret = () => ({ clientSecret: entra.emulator.apps.api.secrets[0] });

const certificate = () => entra.emulator.appCertificate;

/** The grants that reached the authority, after the sign-ins of the users. */
async function grants(): Promise<(string | undefined)[]> {
	const asked = (await entra.tokenRequests()).map(({ grantType }) => grantType);
	return asked.filter((grantType) => grantType !== "password");
}
const EXCHANGE = "urn:ietf:params:oauth:grant-type:jwt-bearer";

describe("An API asks on behalf of the user who called it", () => {
	test("and gets a token of that user, for itself as the client", async () => {
		const { accessToken } = await signIn();
		const { token } = await onBehalfOf(accessToken).getToken(VAULT);
		const { aud, appid, oid } = claimsOf(token);
		const { apps, users } = entra.emulator;
		assert.deepEqual(
			{ aud, appid, oid },
			{
				aud: "https://vault.azure.net",
				appid: apps.api.clientId,
				oid: users.alice.id,
			},
		);
	});

	test.each([
		["a certificate", () => ({ certificatePath: certificate().file })],
		["an assertion", () => ({ getAssertion: assertingDaemon(entra).signs })],
	])("and shows who it is by %s, too", async (_, way) => {
		const { apps, users } = entra.emulator;
		await entra.emulator.updateApp(apps.api.clientId, {
			certificates: [certificate().pem],
		});
		const { accessToken } = await signIn();
		const { token } = await onBehalfOf(accessToken, way()).getToken(VAULT);
		const { oid, appidacr } = claimsOf(token);
		assert.equal(oid, users.alice.id);
		assert.equal(appidacr, "2");
	});
});

describe("One credential per request, with one cache for all", () => {
	test("asks once per user and resource, however many requests there are", async () => {
		const tokenCache = new TokenCache();
		const serve = async (userToken: string, scope: string) => {
			const credential = onBehalfOf(userToken, { ...secret(), tokenCache });
			return (await credential.getToken(scope)).token;
		};
		const [one, two] = [await signIn(), await signIn()];
		const first = await serve(one.accessToken, VAULT);
		const requests = Array.from({ length: 20 }, () =>
			serve(one.accessToken, VAULT),
		);
		assert.deepEqual(new Set(await Promise.all(requests)), new Set([first]));
		assert.notEqual(await serve(two.accessToken, VAULT), first);
		assert.deepEqual(await grants(), [EXCHANGE, EXCHANGE]);
	});

	test("joins requests of one user that come at the same time", async () => {
		const tokenCache = new TokenCache();
		const { accessToken } = await signIn();
		await Promise.all(
			Array.from({ length: 50 }, () =>
				onBehalfOf(accessToken, { ...secret(), tokenCache }).getToken(VAULT),
			),
		);
		assert.deepEqual(await grants(), [EXCHANGE]);
	});

	test("without one, each credential asks for itself", async () => {
		const { accessToken } = await signIn();
		await onBehalfOf(accessToken).getToken(VAULT);
		await onBehalfOf(accessToken).getToken(VAULT);
		assert.deepEqual(await grants(), [EXCHANGE, EXCHANGE]);
	});

	test("and a service's own tokens in it are never a user's", async () => {
		const tokenCache = new TokenCache();
		const { accessToken } = await signIn();
		await entra.daemon({ tokenCache }).getToken(VAULT);
		const token = await onBehalfOf(accessToken, {
			...secret(),
			tokenCache,
		}).getToken(VAULT);
		assert.equal(claimsOf(token.token).oid, entra.emulator.users.alice.id);
	});
});

describe("A token that is close to its end", () => {
	test("is replaced by the refresh token, also after the user's own token has expired", async () => {
		const { emulator } = entra;
		let later = 0;
		const { accessToken } = await signIn();
		const credential = onBehalfOf(accessToken, {
			...secret(),
			now: () => Date.now() + later,
		});
		const first = await credential.getToken(VAULT);
		later = hours(2);
		await emulator.advanceClock(hours(2));
		try {
			const second = await credential.getToken(VAULT);
			assert.notEqual(second.token, first.token);
			assert.equal(claimsOf(second.token).oid, emulator.users.alice.id);
			assert.deepEqual(await grants(), [EXCHANGE, "refresh_token"]);
		} finally {
			await emulator.advanceClock(-hours(2));
		}
	});

	test("is replaced by the assertion when the refresh token is refused", async () => {
		const { emulator } = entra;
		await emulator.configure({ refreshTokenLifetime: minutes(1) });
		let later = 0;
		const { accessToken } = await signIn();
		const credential = onBehalfOf(accessToken, {
			...secret(),
			now: () => Date.now() + later,
		});
		await credential.getToken(VAULT);
		later = minutes(57);
		await emulator.advanceClock(minutes(57));
		try {
			const second = await credential.getToken(VAULT);
			assert.equal(claimsOf(second.token).oid, emulator.users.alice.id);
			assert.deepEqual(await grants(), [EXCHANGE, "refresh_token", EXCHANGE]);
		} finally {
			await emulator.advanceClock(-minutes(57));
			await emulator.configure({ refreshTokenLifetime: hours(24) });
		}
	});
});

/** What the authority says of an assertion. */
async function refusalOf(assertion: string): Promise<AuthenticationError> {
	const error = await onBehalfOf(assertion)
		.getToken(VAULT)
		.catch((reason: unknown) => reason);
	assert.ok(error instanceof AuthenticationError);
	assert.match(error.message, /^OnBehalfOfCredential: /);
	assert.deepEqual(await grants().then((all) => all.at(-1)), EXCHANGE);
	return error;
}

describe("A user's token that cannot be exchanged is refused once, with what to do", () => {
	test("an application's own token", async () => {
		const error = await refusalOf(await appToken());
		assert.deepEqual(error.errorResponse.errorCodes, [7000114]);
		assert.match(error.message, /Exchange a token of a user/);
	});

	test("an expired one", async () => {
		const { accessToken } = await signIn();
		await entra.emulator.advanceClock(hours(2));
		try {
			const error = await refusalOf(accessToken);
			assert.deepEqual(error.errorResponse.errorCodes, [500133]);
			assert.match(error.message, /Get a new token of the user/);
		} finally {
			await entra.emulator.advanceClock(-hours(2));
		}
	});

	test("one that is no token, or was changed on its way", async () => {
		const { accessToken } = await signIn();
		for (const changed of ["no token", `${accessToken.slice(0, -8)}AAAAAAAA`]) {
			const error = await refusalOf(changed);
			assert.deepEqual(error.errorResponse.errorCodes, [50013]);
			assert.match(error.message, /Get a new token of the user/);
		}
	});

	test("an id token", async () => {
		const error = await refusalOf((await signIn()).idToken);
		assert.deepEqual(error.errorResponse.errorCodes, [240002]);
		assert.match(error.message, /access token, not an id token/);
	});

	test("one for another API", async () => {
		const error = await refusalOf(
			(await signIn(undefined, STORAGE)).accessToken,
		);
		assert.deepEqual(error.errorResponse.errorCodes, [500131]);
		assert.match(error.message, /got for this application/);
	});

	test("and the next one of the same user is served", async () => {
		await refusalOf((await signIn()).idToken);
		assert.ok(await onBehalfOf((await signIn()).accessToken).getToken(VAULT));
	});
});

test("a user whose session was revoked is refused, whatever was remembered, until their client brings a new token", async () => {
	const tokenCache = new TokenCache();
	const serve = (userToken: string, claims?: string) =>
		onBehalfOf(userToken, { ...secret(), tokenCache }).getToken(VAULT, {
			enableCae: true,
			...(claims !== undefined && { claims }),
		});
	const { accessToken } = await signIn();
	const first = await serve(accessToken);
	await entra.emulator.revoke(entra.emulator.users.alice.id);
	const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}';
	await assert.rejects(serve(accessToken, claims), {
		name: "AuthenticationError",
		message: /AADSTS50173/,
	});
	assert.deepEqual(await grants(), [EXCHANGE, "refresh_token", EXCHANGE]);
	const { accessToken: next } = await signIn();
	assert.notEqual((await serve(next)).token, first.token);
});
