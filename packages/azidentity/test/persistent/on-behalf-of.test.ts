import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { persistentTokenCache } from "azidentity";
import { afterEach, beforeEach, describe, test } from "vitest";
import { callingUsers } from "../credentials/calling-users.ts";
import {
	claimsOf,
	emulatedEntra,
	STORAGE,
	VAULT,
} from "../credentials/emulated-entra.ts";
import { needsKeyring } from "./needs-keyring.ts";
import { newCache } from "./programs.ts";

needsKeyring();

const entra = emulatedEntra();
const { signIn, onBehalfOf } = callingUsers(entra);

/** What lies in a cache's directory beside the empty file of its leases. */
const documentsIn = (directory: string) =>
	readdirSync(directory)
		.filter((name) => !name.endsWith(".leases"))
		.sort();

describe("Tokens got on behalf of users, on disk", () => {
	let cache: ReturnType<typeof newCache>;
	beforeEach(() => {
		cache = newCache();
	});
	afterEach(() => cache.remove());

	/** The API in a new process, as far as its memory goes: it serves one request of a user. */
	const serve = async (userToken: string, scope = VAULT, enableCae = false) => {
		const { name, directory } = cache;
		const credential = onBehalfOf(userToken, {
			clientSecret: entra.emulator.apps.api.secrets[0],
			tokenCachePersistenceOptions: { enabled: true, name, directory },
		});
		return (await credential.getToken(scope, { enableCae })).token;
	};
	const requests = async () =>
		(await entra.tokenRequests()).filter((one) => one.grantType !== "password");

	test("are found by the next process, by the same assertion and no other", async () => {
		const [one, other] = [await signIn(), await signIn()];
		const first = await serve(one.accessToken);
		assert.equal(await serve(one.accessToken), first);
		assert.equal((await requests()).length, 1);
		assert.notEqual(await serve(other.accessToken), first);
		assert.equal((await requests()).length, 2);
	});

	test("lie in documents of their own, which no library of another language opens, and cannot be read there", async () => {
		const { accessToken } = await signIn();
		const token = await serve(accessToken);
		await serve(accessToken, VAULT, true);
		const files = documentsIn(cache.directory);
		assert.deepEqual(files, [`${cache.name}.obo`, `${cache.name}.obo.cae`]);
		for (const file of files) {
			const text = readFileSync(path.join(cache.directory, file), "latin1");
			for (const secret of [accessToken, token])
				assert.ok(!text.includes(secret.slice(0, 40)));
		}
	});

	test("are not the application's own, which share the cache", async () => {
		const { name, directory } = cache;
		const tokenCache = persistentTokenCache({ name, directory });
		const { clientId, secrets } = entra.emulator.apps.api;
		const { ClientSecretCredential } = await import("azidentity");
		const own = new ClientSecretCredential(
			entra.emulator.tenants.contoso.id,
			clientId,
			secrets[0],
			{ ...entra.options, tokenCache },
		);
		const { accessToken } = await signIn();
		const users = await onBehalfOf(accessToken, {
			clientSecret: secrets[0],
			tokenCache,
		}).getToken(VAULT);
		const apps = await own.getToken(VAULT);
		assert.equal(claimsOf(users.token).oid, entra.emulator.users.alice.id);
		assert.equal(claimsOf(apps.token).idtyp, "app");
		assert.deepEqual(documentsIn(directory), [name, `${name}.obo`]);
	});

	test("leave a refresh token there, which spares the next process the exchange", async () => {
		const { accessToken } = await signIn();
		await serve(accessToken);
		await serve(accessToken, STORAGE);
		assert.deepEqual(
			(await requests()).map(({ grantType }) => grantType),
			["urn:ietf:params:oauth:grant-type:jwt-bearer", "refresh_token"],
		);
	});
});
