import assert from "node:assert/strict";
import { hours, minutes } from "@azidentity/testkit";
import { ClientSecretCredential, TokenCache } from "azidentity";
import { describe, test } from "vitest";
import { claimsOf, emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";

const entra = emulatedEntra();

describe("A service signs in by its secret", () => {
	test("and gets a token for the resource it named, in the form of the ecosystem", async () => {
		const before = Date.now();
		const token = await entra.daemon().getToken(VAULT);
		const { aud, appid, tid } = claimsOf(token.token);
		const { apps, tenants } = entra.emulator;
		assert.deepEqual(
			{ aud, appid, tid },
			{
				aud: "https://vault.azure.net",
				appid: apps.daemon.clientId,
				tid: tenants.contoso.id,
			},
		);
		assert.equal(token.tokenType, "Bearer");
		const lifetime = token.expiresOnTimestamp - before;
		assert.ok(lifetime > minutes(59) && lifetime <= hours(1), `${lifetime}`);
	});

	test("once, and is answered from memory ever after", async () => {
		const credential = entra.daemon();
		const first = await credential.getToken(VAULT);
		for (const again of [VAULT, [VAULT], ` ${VAULT.toUpperCase()}`])
			assert.equal((await credential.getToken(again)).token, first.token);
		assert.deepEqual(
			(await entra.tokenRequests()).map(({ scope }) => scope),
			[VAULT],
		);
	});

	test("for 100 callers at once with one request", async () => {
		const credential = entra.daemon();
		const tokens = await Promise.all(
			Array.from({ length: 100 }, () => credential.getToken(VAULT)),
		);
		assert.equal(new Set(tokens.map(({ token }) => token)).size, 1);
		assert.equal((await entra.tokenRequests()).length, 1);
	});

	test("anew with each instance, unless they share a cache", async () => {
		const tokenCache = new TokenCache();
		const alone = await entra.daemon().getToken(VAULT);
		const first = await entra.daemon({ tokenCache }).getToken(VAULT);
		const second = await entra.daemon({ tokenCache }).getToken(VAULT);
		assert.notEqual(alone.token, first.token);
		assert.equal(second.token, first.token);
		assert.equal((await entra.tokenRequests()).length, 2);
	});

	test("by a secret that no inspection of the credential shows", async () => {
		const { inspect } = await import("node:util");
		const secret = entra.emulator.apps.daemon.secrets[0];
		const credential = entra.daemon();
		await credential.getToken(VAULT);
		for (const shown of [
			inspect(credential, { depth: 10, showHidden: true }),
			JSON.stringify(credential),
		])
			assert.ok(!shown.includes(secret));
	});
});

describe("Tokens are kept apart", () => {
	test("by tenant: each is asked for, and only where it is allowed", async () => {
		const { fabrikam, contoso } = entra.emulator.tenants;
		const credential = entra.daemon({
			additionallyAllowedTenants: [fabrikam.id],
		});
		const home = await credential.getToken(VAULT);
		const other = await credential.getToken(VAULT, { tenantId: fabrikam.id });
		assert.equal(claimsOf(home.token).tid, contoso.id);
		assert.equal(claimsOf(other.token).tid, fabrikam.id);
		const again = await credential.getToken(VAULT, {
			tenantId: fabrikam.id.toUpperCase(),
		});
		assert.equal(again.token, other.token);
		await assert.rejects(
			credential.getToken(VAULT, { tenantId: "elsewhere.test" }),
			{ name: "CredentialUnavailableError", message: /elsewhere\.test/ },
		);
		assert.equal((await entra.tokenRequests()).length, 2);
	});

	test("by tenant: the list that the caller has is read once, and left as it is", async () => {
		const { fabrikam } = entra.emulator.tenants;
		const allowed = [` ${fabrikam.id.toUpperCase()} `, ""];
		const given = [...allowed];
		const credential = entra.daemon({ additionallyAllowedTenants: given });
		assert.deepEqual(given, allowed);
		given.length = 0;
		const { token } = await credential.getToken(VAULT, {
			tenantId: fabrikam.id,
		});
		assert.equal(claimsOf(token).tid, fabrikam.id);
	});

	test("by continuous access evaluation: only who asks for it gets a token that can be revoked at once", async () => {
		const credential = entra.daemon();
		const plain = await credential.getToken(VAULT);
		const cae = await credential.getToken(VAULT, { enableCae: true });
		assert.equal(claimsOf(plain.token).xms_cc, undefined);
		assert.deepEqual(claimsOf(cae.token).xms_cc, ["CP1"]);
		const again = await credential.getToken(VAULT, { enableCae: true });
		assert.equal(again.token, cae.token);
		assert.equal((await entra.tokenRequests()).length, 2);
	});
});

describe("The token is there when the authority is not", () => {
	test("switched off, it is not even asked while the token is fresh", async () => {
		const credential = entra.daemon();
		const first = await credential.getToken(VAULT);
		await entra.emulator.suspend();
		try {
			assert.equal((await credential.getToken(VAULT)).token, first.token);
			const failure = await credential
				.getToken(STORAGE)
				.catch((error) => error);
			assert.equal(failure.name, "AuthenticationError");
			assert.equal(failure.isOutage, true);
		} finally {
			await entra.emulator.resume();
		}
		assert.ok(await credential.getToken(STORAGE));
	});

	test("close to its end the token is still served, and replaced as soon as the authority is back", async () => {
		let later = 0;
		const credential = entra.daemon({ now: () => Date.now() + later });
		const first = await credential.getToken(VAULT);
		later = minutes(57);
		await entra.emulator.suspend();
		try {
			assert.equal((await credential.getToken(VAULT)).token, first.token);
		} finally {
			await entra.emulator.resume();
		}
		later += minutes(1);
		assert.notEqual((await credential.getToken(VAULT)).token, first.token);
	});
});

describe("A revoked session", () => {
	test("the resource's challenge brings a new token, and the old one never comes back", async () => {
		const { emulator } = entra;
		const credential = entra.daemon();
		const call = async (token: string) => {
			const { createDefaultHttpClient, createPipelineRequest } = await import(
				"@azure/core-rest-pipeline"
			);
			const request = createPipelineRequest({ url: emulator.demoApiUrl });
			request.headers.set("authorization", `Bearer ${token}`);
			request.tlsSettings = { ca: emulator.ca };
			return createDefaultHttpClient().sendRequest(request);
		};
		const options = { enableCae: true };
		const first = await credential.getToken(VAULT, options);
		assert.equal((await call(first.token)).status, 200);

		await emulator.revoke(emulator.apps.daemon.clientId);
		const refused = await call(first.token);
		assert.equal(refused.status, 401);
		const challenge = refused.headers.get("www-authenticate") ?? "";
		const claims = /claims="([^"]+)"/.exec(challenge)?.[1] ?? "";
		// The service compares whole seconds: what is issued in the second of the revocation is revoked as well.
		await emulator.advanceClock(2_000);
		const second = await credential.getToken(VAULT, {
			...options,
			claims: Buffer.from(claims, "base64").toString(),
		});
		assert.notEqual(second.token, first.token);
		assert.equal((await call(second.token)).status, 200);
		assert.equal(
			(await credential.getToken(VAULT, options)).token,
			second.token,
		);
	});
});

describe("A caller who has enough", () => {
	test("of waiting aborts, at once and alone", async () => {
		const credential = entra.daemon();
		await entra.emulator.addFault({ path: "/token", delayMs: 200 });
		const leaving = new AbortController();
		const left = credential.getToken(VAULT, { abortSignal: leaving.signal });
		const stayed = credential.getToken(VAULT);
		leaving.abort();
		await assert.rejects(left, { name: "AbortError" });
		assert.ok(await stayed);
		assert.equal((await entra.tokenRequests()).length, 1);
	});

	test("before it begins makes no request, token remembered or not", async () => {
		const credential = entra.daemon();
		const abortSignal = AbortSignal.abort();
		await assert.rejects(credential.getToken(VAULT, { abortSignal }), {
			name: "AbortError",
		});
		assert.equal((await entra.tokenRequests()).length, 0);
	});

	test("of an attempt limits its time", async () => {
		const credential = entra.daemon({ retryOptions: { maxRetries: 0 } });
		await entra.emulator.addFault({ path: "/token", delayMs: 5_000 });
		const limited = credential.getToken(VAULT, {
			requestOptions: { timeout: 50 },
		});
		await assert.rejects(limited, {
			name: "AuthenticationError",
			isOutage: true,
		});
	});
});

test("without an option, the public cloud is asked: here through the emulator's proxy", async () => {
	const { emulator } = entra;
	const { host, port } = Object.fromEntries(
		[...new URL(emulator.proxyUrl).host.split(":").entries()].map(
			([index, part]) => [index === 0 ? "host" : "port", part],
		),
	);
	const credential = new ClientSecretCredential(
		emulator.tenants.contoso.id,
		emulator.apps.daemon.clientId,
		emulator.apps.daemon.secrets[1] ?? "",
		{
			proxyOptions: { host: `http://${host}`, port: Number(port) },
			tlsOptions: { ca: emulator.ca },
		},
	);
	assert.ok(await credential.getToken(VAULT));
	const paths = (await emulator.requests()).map(({ path }) => path);
	assert.deepEqual(paths, [
		`/${emulator.tenants.contoso.id}/oauth2/v2.0/token`,
	]);
});
