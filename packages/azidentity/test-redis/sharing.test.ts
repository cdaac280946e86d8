import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import {
	OnBehalfOfCredential,
	TokenCache,
	UsernamePasswordCredential,
} from "azidentity";
import { type RedisStoreOptions, redisStore } from "azidentity/redis";
import { describe, test } from "vitest";
import { SINGLE } from "./clients.ts";
import { connectedRedis } from "./connected-redis.ts";
import { daemons, VAULT } from "./daemons.ts";
import { KEY, PATIENT } from "./store-place.ts";

const entra = daemons();
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

for (const client of ["redis 6", "ioredis 6"] as const)
	describe(`by ${client}`, () => {
		const redis = connectedRedis(SINGLE[client]);
		const open = (options: RedisStoreOptions = {}) =>
			redisStore(redis.client, {
				...PATIENT,
				prefix: randomUUID(),
				...options,
			});
		/** The keys of documents and how long each lives, in milliseconds. */
		const documents = async (prefix: string) => {
			const keys = (await redis.server.cli("KEYS", `${prefix}:{*`)).split("\n");
			return Promise.all(
				keys.map(async (key) => ({
					key,
					left: Number(await redis.server.cli("PTTL", key)),
				})),
			);
		};

		test("a token that memory has is handed out without a command to Redis", async () => {
			const store = open();
			const credential = entra.cold(store);
			await credential.getToken(VAULT);
			const { info: _, ...before } = await redis.server.calls();
			for (let index = 0; index < 1_000; index += 1)
				await credential.getToken(VAULT);
			const { info: __, ...after } = await redis.server.calls();
			assert.deepEqual(after, before);
		});

		test("a second process finds the token by one command", async () => {
			const store = open();
			await entra.cold(store).getToken(VAULT);
			const before = await redis.server.calls();
			await entra.cold(store).getToken(VAULT);
			const after = await redis.server.calls();
			assert.equal((after.get ?? 0) - (before.get ?? 0), 1);
			assert.equal(after.set, before.set);
			assert.equal(await entra.tokenRequests(), 1);
		});

		test("an app's documents are one for each resource, and none outlives its token for long", async () => {
			const prefix = randomUUID();
			const store = open({ prefix });
			const credential = entra.cold(store);
			await credential.getToken(VAULT);
			await credential.getToken("https://storage.azure.com/.default");
			const kept = await documents(prefix);
			assert.equal(kept.length, 2);
			for (const { left } of kept) {
				assert.ok(left > 59 * MINUTE, `${left}`);
				assert.ok(left <= 70 * MINUTE, `${left}`);
			}
		});

		test("a document with a refresh token stays for 90 days, or for as long as the program says", async () => {
			for (const maxAge of [undefined, DAY]) {
				const prefix = randomUUID();
				const store = open({ prefix, ...(maxAge && { maxAge }) });
				const { users, tenants, apps } = entra.emulator;
				const user = new UsernamePasswordCredential(
					tenants.contoso.id,
					apps.native.clientId,
					users.alice.username,
					users.alice.password,
					{
						...entra.job.options,
						tokenCache: new TokenCache({ store }),
					},
				);
				await user.getToken("api://orders/access_as_user");
				const kept = await documents(prefix);
				for (const { key, left } of kept) {
					assert.ok(left > (maxAge ?? 90 * DAY) - MINUTE, `${left}`);
					assert.ok(left <= (maxAge ?? 90 * DAY), `${left}`);
					// Who it is cannot be read, nor in the document.
					for (const part of [
						users.alice.username,
						users.alice.id,
						apps.native.clientId,
					]) {
						assert.ok(!key.includes(part));
						assert.ok(!(await redis.server.cli("GET", key)).includes(part));
					}
				}
				assert.ok(kept.length > 0);
			}
		});

		test("what is got for the bearers of different assertions is kept apart, each in a document of its own", async () => {
			const prefix = randomUUID();
			const store = open({ prefix });
			const { users, tenants, apps } = entra.emulator;
			const tokens = new Set<string>();
			const { username, password } = users.alice;
			// Each sign-in is an assertion of its own, as another user's is.
			for (let session = 0; session < 2; session += 1) {
				const signedIn = new UsernamePasswordCredential(
					tenants.contoso.id,
					apps.native.clientId,
					username,
					password,
					entra.job.options,
				);
				const { token: userAssertionToken } = await signedIn.getToken(
					"api://orders/access_as_user",
				);
				for (let time = 0; time < 2; time += 1) {
					const service = new OnBehalfOfCredential({
						tenantId: tenants.contoso.id,
						clientId: apps.api.clientId,
						clientSecret: apps.api.secrets[0],
						userAssertionToken,
						...entra.job.options,
						tokenCache: new TokenCache({ store }),
					});
					tokens.add(
						(await service.getToken("https://graph.microsoft.com/User.Read"))
							.token,
					);
				}
			}
			assert.equal(tokens.size, 2);
			assert.equal((await documents(prefix)).length, 2);
		});

		test("clocks that differ by minutes cost nothing and lose nothing", async () => {
			const prefix = randomUUID();
			const at = (minutes: number) => () => Date.now() + minutes * MINUTE;
			const ahead = open({ prefix, now: at(4) });
			const behind = open({ prefix, now: at(-4) });
			const first = await entra.cold(behind, at(-4)).getToken(VAULT);
			const second = await entra.cold(ahead, at(4)).getToken(VAULT);
			assert.equal(second.token, first.token);
			for (const { left } of await documents(prefix))
				assert.ok(left > 55 * MINUTE && left < 80 * MINUTE, `${left}`);
			// Leases go by the server's clock.
			const lease = await ahead.lease("a task", 0);
			assert.equal(await behind.lease("a task", 0), undefined);
			await lease?.release();
		});

		test("a lease ends by itself when its process died, and lasts while it lives", async () => {
			const prefix = randomUUID();
			const store = open({ prefix });
			const lease = await store.lease("a task", 0);
			const [key = ""] = (
				await redis.server.cli("KEYS", `${prefix}:lease:*`)
			).split("\n");
			const left = Number(await redis.server.cli("PTTL", key));
			assert.ok(left > 0 && left <= 5_000);
			await redis.server.cli("SET", key, "somebody else's");
			await lease?.release();
			assert.equal(await redis.server.cli("GET", key), "somebody else's");
		});

		test("nothing that is printed of a store shows a key", () => {
			const store = open();
			const shown = inspect(store, { depth: 20, showHidden: true });
			assert.ok(!shown.includes(inspect(KEY.key)));
			assert.ok(!shown.includes(KEY.key.toString("base64")));
			assert.ok(!JSON.stringify(store).includes(KEY.key.toString("base64")));
		});
	});
