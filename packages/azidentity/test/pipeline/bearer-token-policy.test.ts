import assert from "node:assert/strict";
import { hours, manualClock, minutes } from "@azidentity/testkit";
import { bearerTokenPolicy } from "azidentity";
import { describe, test } from "vitest";
import { settled } from "../cache/scripted-source.ts";
import { stranger } from "../chains/strangers.ts";
import { STORAGE, VAULT } from "../credentials/emulated-entra.ts";
import { failureOf } from "../entra/scripted-service.ts";
import { apiBehind, claimsChallenge } from "./api-behind-policy.ts";
import { foreignCredential } from "./foreign-credential.ts";

describe("A request that the policy signs", () => {
	test("is one of a hundred with one token, which is asked for under continuous access evaluation", async () => {
		const credential = stranger("one", "two");
		const { seen, send } = apiBehind({ credential });
		await Promise.all(Array.from({ length: 100 }, () => send()));
		await send();
		assert.deepEqual(new Set(seen), new Set(["Bearer one"]));
		assert.equal(credential.asked.length, 1);
		assert.equal(credential.asked[0]?.options?.enableCae, true);
	});

	test("does not wait while its token is replaced", async () => {
		const clock = manualClock();
		const credential = foreignCredential(clock.now);
		const { seen, send } = apiBehind({ credential, now: clock.now });
		const first = send();
		await settled();
		credential.last.grant(hours(1));
		await first;
		clock.advance(minutes(51));
		await send();
		assert.equal(credential.calls.length, 2);
		credential.last.grant(hours(1));
		await settled();
		await send();
		assert.deepEqual(seen, [
			"Bearer token-1",
			"Bearer token-1",
			"Bearer token-2",
		]);
	});

	test("goes by https, or not at all, and nobody is asked for a token", async () => {
		const credential = stranger("token");
		const { seen, send } = apiBehind({ credential });
		for (const url of [
			"http://contoso.test/",
			"HTTP://localhost:80/",
			"ws://contoso.test/",
		]) {
			const error = await failureOf(
				send({ url, allowInsecureConnection: true }),
			);
			assert.match(error.message, /not permitted for URLs without https/);
		}
		assert.deepEqual(seen, []);
		assert.equal(credential.asked.length, 0);
	});

	test("fails with what the credential says, and is not sent", async () => {
		const credential = stranger(new Error("no"), null, "token");
		const { seen, send } = apiBehind({ credential });
		assert.equal((await failureOf(send())).message, "no");
		assert.equal((await failureOf(send())).name, "CredentialUnavailableError");
		assert.equal((await send()).status, 200);
		assert.deepEqual(seen, ["Bearer token"]);
	});

	test("leaves when it is aborted, and the others stay", async () => {
		const clock = manualClock();
		const credential = foreignCredential(clock.now);
		const { send } = apiBehind({ credential, now: clock.now });
		const leaving = new AbortController();
		const gone = failureOf(send({ abortSignal: leaving.signal }));
		const staying = send();
		await settled();
		leaving.abort();
		assert.equal((await gone).name, "AbortError");
		credential.last.grant(hours(1));
		assert.equal((await staying).status, 200);
		assert.equal(credential.calls.length, 1);
	});

	test("is sent as it is when there is no credential, and its challenge comes back", async () => {
		const { seen, send } = apiBehind({}, () => claimsChallenge());
		assert.equal((await send()).status, 401);
		assert.deepEqual(seen, [""]);
	});

	test("may be signed by callbacks for scopes of their own, and each scope has its token", async () => {
		const credential = stranger("vault", "storage");
		const { seen, send } = apiBehind({
			credential,
			scopes: [],
			challengeCallbacks: {
				async authorizeRequest({ getAccessToken, request }) {
					const scope = request.url.includes("vault") ? VAULT : STORAGE;
					const token = await getAccessToken([scope], {});
					request.headers.set("Authorization", `Bearer ${token?.token}`);
				},
			},
		});
		for (let round = 0; round < 3; round += 1)
			for (const name of ["vault", "storage"])
				await send({ url: `https://${name}.test/` });
		assert.deepEqual(seen.slice(-2), ["Bearer vault", "Bearer storage"]);
		assert.equal(credential.asked.length, 2);
	});

	test("has a policy of the name of the one that it takes the place of", () => {
		const policy = bearerTokenPolicy({
			credential: stranger("token"),
			scopes: VAULT,
		});
		assert.equal(policy.name, "bearerTokenAuthenticationPolicy");
	});

	test("has no policy whose credential or scopes cannot be", () => {
		assert.throws(
			() => bearerTokenPolicy({ credential: {} as never, scopes: VAULT }),
			TypeError,
		);
		assert.throws(
			() => bearerTokenPolicy({ credential: stranger("token"), scopes: [] }),
			TypeError,
		);
	});
});
