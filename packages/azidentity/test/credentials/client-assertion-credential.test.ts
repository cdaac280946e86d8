import assert from "node:assert/strict";
import { hours, minutes } from "@azidentity/testkit";
import { ClientAssertionCredential, type GetAssertion } from "azidentity";
import { describe, test } from "vitest";
import { assertingDaemon, counted } from "./asserting-daemon.ts";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";
import { signedJwt } from "./signed-jwt.ts";

const entra = emulatedEntra();
const { daemon, signs } = assertingDaemon(entra);

describe("The callback runs once per request on the network", () => {
	test("and never for a remembered token", async () => {
		const { asked, counting } = counted(signs);
		const credential = daemon(counting);
		const first = await credential.getToken(VAULT);
		assert.equal((await credential.getToken(VAULT)).token, first.token);
		assert.equal((await credential.getToken([VAULT])).token, first.token);
		assert.equal(asked.length, 1);
		await credential.getToken(STORAGE);
		assert.equal(asked.length, 2);
		assert.equal((await entra.tokenRequests()).length, 2);
	});

	test("for 100 callers at once", async () => {
		const { asked, counting } = counted(signs);
		const credential = daemon(counting);
		await Promise.all(
			Array.from({ length: 100 }, () => credential.getToken(VAULT)),
		);
		assert.equal(asked.length, 1);
	});

	test("when a token that is due is replaced behind the caller", async () => {
		const { asked, counting } = counted(signs);
		let time = Date.now();
		const credential = daemon(counting, { now: () => time });
		const first = await credential.getToken(VAULT);
		time += hours(1) - minutes(4);
		assert.notEqual((await credential.getToken(VAULT)).token, first.token);
		assert.equal(asked.length, 2);
	});

	test("and is told what the assertion is for, in one argument that nobody else holds", async () => {
		const { asked, counting } = counted(signs);
		await daemon(counting).getToken(VAULT);
		const { apps, authorityHost, tenants } = entra.emulator;
		const [{ abortSignal, ...rest } = assert.fail()] = asked;
		assert.ok(abortSignal instanceof AbortSignal);
		assert.deepEqual(rest, {
			clientId: apps.daemon.clientId,
			tokenEndpoint: `${authorityHost}/${tenants.contoso.id}/oauth2/v2.0/token`,
		});
	});
});

test("Entra takes the token's owner for one that proved itself by more than a secret", async () => {
	const token = await daemon(signs).getToken(VAULT);
	assert.equal(claimsOf(token.token).appidacr, "2");
});

test("the line break at the end of what was read from a file is not sent", async () => {
	const credential = daemon(async (request) => `${await signs(request)}\n`);
	assert.ok(await credential.getToken(VAULT));
});

test("an assertion that Entra refuses is refused once, with what to do", async () => {
	const { asked, counting } = counted(async ({ clientId }) => {
		const { pem } = entra.emulator.appCertificate;
		const claims = {
			iss: "https://issuer.test",
			sub: clientId,
			aud: "api://x",
		};
		return signedJwt(pem, {}, claims);
	});
	await assert.rejects(daemon(counting).getToken(VAULT), {
		name: "AuthenticationError",
		statusCode: 401,
		message: /ClientAssertionCredential.*AADSTS700211/,
	});
	assert.equal(asked.length, 1);
	assert.equal((await entra.tokenRequests()).length, 1);
});

/** Lets everything else have its turn. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("A callback that never resolves", () => {
	test("is left at once by a caller who aborts, and hears of it", async () => {
		const { asked, counting } = counted(() => new Promise(() => {}));
		const leaving = new AbortController();
		const left = daemon(counting).getToken(VAULT, {
			abortSignal: leaving.signal,
		});
		while (asked.length === 0) await turn();
		leaving.abort();
		await assert.rejects(left, { name: "AbortError" });
		assert.equal(asked[0]?.abortSignal.aborted, true);
		assert.deepEqual(await entra.tokenRequests(), []);
	});

	test("does not keep callers who come after it was left", async () => {
		const { asked, counting } = counted((request) =>
			asked.length === 1 ? new Promise(() => {}) : signs(request),
		);
		const credential = daemon(counting);
		const leaving = new AbortController();
		const left = credential.getToken(VAULT, { abortSignal: leaving.signal });
		while (asked.length === 0) await turn();
		leaving.abort();
		await assert.rejects(left, { name: "AbortError" });
		assert.ok(await credential.getToken(VAULT));
	});
});

describe("A constructor argument that cannot be right is named", () => {
	const nothing = undefined as unknown as string;
	const noFunction = "eyJplanted" as unknown as GetAssertion;
	test.each<[string, [string, string, GetAssertion], RegExp]>([
		["no tenant", [nothing, "client", signs], /tenantId/],
		["a tenant with a slash", ["a/b", "client", signs], /tenantId/],
		["no client", ["contoso.test", "", signs], /clientId/],
		[
			"no callback",
			["contoso.test", "client", nothing as unknown as GetAssertion],
			/getAssertion/,
		],
		[
			"an assertion instead of a callback",
			["contoso.test", "client", noFunction],
			/getAssertion.*function/,
		],
	])("%s", (_, args, message) => {
		assert.throws(
			() => new ClientAssertionCredential(...args),
			(error: Error) => {
				assert.equal(error.name, "CredentialUnavailableError");
				assert.match(error.message, /ClientAssertionCredential/);
				assert.match(error.message, message);
				assert.ok(!error.message.includes("planted"));
				return true;
			},
		);
	});
});
