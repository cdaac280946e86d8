import assert from "node:assert/strict";
import {
	createDefaultHttpClient,
	createEmptyPipeline,
	createPipelineRequest,
	tlsPolicy,
} from "@azure/core-rest-pipeline";
import { bearerTokenPolicy } from "azidentity";
import { describe, test } from "vitest";
import { stranger } from "../chains/strangers.ts";
import { emulatedEntra, VAULT } from "../credentials/emulated-entra.ts";
import { failureOf } from "../entra/scripted-service.ts";
import { apiBehind, claimsChallenge, claimsText } from "./api-behind-policy.ts";

describe("A claims challenge", () => {
	/** Turns away all tokens but this one. */
	const only = (token: string) => (authorization: string) =>
		authorization === `Bearer ${token}` ? undefined : claimsChallenge();

	test("is answered with a token for those claims, which all later requests have", async () => {
		const credential = stranger("old", "new");
		const { seen, send } = apiBehind(
			{ credential, tenantId: "contoso" },
			only("new"),
		);
		assert.equal((await send()).status, 200);
		assert.equal((await send()).status, 200);
		assert.deepEqual(seen, ["Bearer old", "Bearer new", "Bearer new"]);
		assert.deepEqual(
			credential.asked.map(({ options }) => [
				options?.claims,
				options?.enableCae,
				options?.tenantId,
			]),
			[
				[undefined, true, "contoso"],
				[claimsText(), true, "contoso"],
			],
		);
	});

	test("of a hundred requests is answered by one token", async () => {
		const credential = stranger("old", "new");
		const { send } = apiBehind({ credential }, only("new"));
		const answers = await Promise.all(
			Array.from({ length: 100 }, () => send()),
		);
		assert.ok(answers.every(({ status }) => status === 200));
		assert.equal(credential.asked.length, 2);
	});

	test("is answered once per request: the next one comes back to the program", async () => {
		let number = 0;
		const credential = stranger("token");
		const { seen, send } = apiBehind({ credential }, () => {
			number += 1;
			return claimsChallenge(number);
		});
		assert.equal((await send()).status, 401);
		assert.equal(seen.length, 2);
		assert.equal(credential.asked.length, 2);
	});

	test("that cannot be read is not answered, and the token stays", async () => {
		const credential = stranger("token");
		const { send } = apiBehind(
			{ credential },
			() => 'Bearer error="insufficient_claims", claims="{}"',
		);
		assert.equal((await send()).status, 401);
		assert.equal((await send()).status, 401);
		assert.equal(credential.asked.length, 1);
	});

	test("of a body that was read away brings a new token, for the program's next try", async () => {
		const credential = stranger("old", "new");
		const { seen, send } = apiBehind({ credential }, only("new"));
		const body = new Blob(["text"]).stream();
		assert.equal((await send({ method: "PUT", body })).status, 401);
		assert.equal((await send({ method: "PUT", body: "text" })).status, 200);
		assert.deepEqual(seen, ["Bearer old", "Bearer new"]);
	});

	test("fails the request when there is no other token to be had, with the credential's error", async () => {
		const { send } = apiBehind(
			{ credential: stranger("old", new Error("refused")) },
			only("new"),
		);
		assert.equal((await failureOf(send())).message, "refused");
	});

	test("is answered for the scopes and the tenant that a callback asked for", async () => {
		const credential = stranger("old", "new");
		const { send } = apiBehind(
			{
				credential,
				scopes: [],
				challengeCallbacks: {
					async authorizeRequest({ getAccessToken, request }) {
						const token = await getAccessToken([VAULT], {
							tenantId: "contoso",
							enableCae: true,
						});
						request.headers.set("Authorization", `Bearer ${token?.token}`);
					},
				},
			},
			only("new"),
		);
		assert.equal((await send()).status, 200);
		const [, second] = credential.asked;
		assert.deepEqual(
			[second?.scopes, second?.options?.tenantId],
			[[VAULT], "contoso"],
		);
	});

	test("after one that a callback answered is answered too", async () => {
		const credential = stranger("old", "newer", "newest");
		const { seen, send } = apiBehind(
			{
				credential,
				challengeCallbacks: {
					async authorizeRequestOnChallenge({
						request,
						scopes,
						response,
						getAccessToken,
					}) {
						assert.equal(response.status, 401);
						const token = await getAccessToken(scopes, { tenantId: "contoso" });
						request.headers.set("Authorization", `Bearer ${token?.token}`);
						return true;
					},
				},
			},
			(authorization) =>
				({
					"Bearer old":
						'Bearer authorization="https://login.microsoftonline.com/contoso"',
					"Bearer newer": claimsChallenge(),
				})[authorization],
		);
		assert.equal((await send()).status, 200);
		assert.deepEqual(seen, ["Bearer old", "Bearer newer", "Bearer newest"]);
	});
});

describe("An API of an emulated Entra ID", () => {
	const entra = emulatedEntra();

	test("turns away a token that was revoked, once, and takes the next", async () => {
		const { emulator } = entra;
		const pipeline = createEmptyPipeline();
		pipeline.addPolicy(
			bearerTokenPolicy({ credential: entra.daemon(), scopes: VAULT }),
		);
		pipeline.addPolicy(tlsPolicy({ ca: emulator.ca }));
		const client = createDefaultHttpClient();
		const ask = async () =>
			(
				await pipeline.sendRequest(
					client,
					createPipelineRequest({ url: emulator.demoApiUrl }),
				)
			).status;
		assert.equal(await ask(), 200);
		assert.equal((await entra.tokenRequests()).length, 1);
		await emulator.revoke(emulator.apps.daemon.clientId);
		assert.deepEqual([await ask(), await ask()], [200, 200]);
		assert.equal((await entra.tokenRequests()).length, 2);
	});
});
