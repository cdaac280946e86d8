// biome-ignore-all lint/complexity/noExcessiveLinesPerFunction: a part of the contract is a list of tests, each short
import assert from "node:assert/strict";
import {
	createDefaultHttpClient,
	createPipelineRequest,
} from "@azure/core-rest-pipeline";
import { describe, test } from "vitest";
import { claimsOf, STORAGE, VAULT } from "../emulated-entra.ts";
import type { Contract } from "../service-credential-contract.ts";

/** The ways in which a program may pass a challenge on. */
const SPELLINGS: [string, (challenge: string) => string][] = [
	["as the challenge has it, in base64", (challenge) => challenge],
	[
		"in base64url",
		(challenge) => Buffer.from(challenge, "base64").toString("base64url"),
	],
	["decoded", (challenge) => Buffer.from(challenge, "base64").toString()],
];

/** Continuous access evaluation and claims (rule 9). */
export function challenges(contract: Contract): void {
	const { entra, make, requests } = contract;
	const xmsCc = (token: { token: string } | null) =>
		claimsOf(token?.token ?? "").xms_cc;

	/** Calls an API that honours revocation. Gives the challenge when it does not take the token. */
	async function callApi(token: string | undefined) {
		const { ca, demoApiUrl } = entra.emulator;
		const request = createPipelineRequest({ url: demoApiUrl });
		request.headers.set("authorization", `Bearer ${token}`);
		request.tlsSettings = { ca };
		const answer = await createDefaultHttpClient().sendRequest(request);
		const header = answer.headers.get("www-authenticate") ?? "";
		const challenge = /claims="([^"]+)"/.exec(header)?.[1];
		return { status: answer.status, challenge };
	}

	describe("a revoked session: the challenge brings a new token, and the old one never comes back", () => {
		test.each(SPELLINGS)("passed on %s", async (_, spell) => {
			const credential = make();
			const cae = { enableCae: true };
			const first = await credential.getToken(VAULT, cae);
			assert.equal((await callApi(first?.token)).status, 200);

			await entra.emulator.revoke(contract.clientId());
			const { status, challenge = "" } = await callApi(first?.token);
			assert.equal(status, 401);
			const claims = spell(challenge);
			// As clients of one program do that meet the same challenge.
			const [second, same] = await Promise.all([
				credential.getToken(VAULT, { ...cae, claims }),
				credential.getToken(VAULT, { ...cae, claims }),
			]);
			assert.notEqual(second?.token, first?.token);
			assert.equal(same?.token, second?.token);
			assert.equal((await callApi(second?.token)).status, 200);
			for (let call = 0; call < 3; call += 1) {
				const later = await credential.getToken(VAULT, cae);
				assert.equal(later?.token, second?.token);
			}
		});
	});

	test("a challenge is answered by the service, however fresh the remembered token is", async () => {
		const credential = make();
		const first = await credential.getToken(VAULT);
		const before = (await requests()).length;
		const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}';
		const second = await credential.getToken(VAULT, { claims });
		assert.notEqual(second?.token, first?.token);
		assert.equal((await requests()).length, before + 1);
		assert.equal((await requests()).at(-1)?.claims, true);
	});

	test("claims are for one call: no later request has them", async () => {
		const credential = make();
		const claims = '{"access_token":{"xms_cc":{"values":["mine"]}}}';
		const challenged = await credential.getToken(VAULT, { claims });
		assert.deepEqual(xmsCc(challenged), ["mine"]);
		assert.equal(xmsCc(await credential.getToken(STORAGE)), undefined);
		await contract.pass(3_400_000);
		assert.equal(xmsCc(await credential.getToken(VAULT)), undefined);
	});

	test("a caller's own capabilities are kept beside ours", async () => {
		const claims = '{"access_token":{"xms_cc":{"values":["mine"]}}}';
		const token = await make().getToken(VAULT, { claims, enableCae: true });
		assert.deepEqual([...(xmsCc(token) as string[])].sort(), ["CP1", "mine"]);
	});

	test("first calls that overlap each get the kind of token they asked for, and so do all later ones", async () => {
		for (const order of [
			[true, false],
			[false, true],
		]) {
			const credential = make();
			for (const scope of [VAULT, STORAGE]) {
				const tokens = await Promise.all(
					order.map((enableCae) => credential.getToken(scope, { enableCae })),
				);
				assert.deepEqual(
					tokens.map((token) => xmsCc(token)),
					order.map((isCae) => (isCae ? ["CP1"] : undefined)),
				);
			}
		}
	});

	test("a challenge does not join a call without one, and its answer is what is remembered, whichever comes first", async () => {
		const credential = make();
		const claims = '{"access_token":{"xms_cc":{"values":["mine"]}}}';
		const [plain, challenged] = await Promise.all([
			credential.getToken(VAULT),
			credential.getToken(VAULT, { claims }),
		]);
		assert.ok(plain);
		assert.deepEqual(xmsCc(challenged), ["mine"]);
		assert.equal((await requests()).length, 2);
		const later = await credential.getToken(VAULT);
		assert.equal(later?.token, challenged?.token);
	});

	test("a challenge that fails costs the remembered token nothing, and is not answered by it", async () => {
		const credential = make();
		const first = await credential.getToken(VAULT);
		await entra.emulator.addFault({
			path: "/token",
			times: null,
			status: 400,
			body: { error: "unauthorized_client" },
		});
		await assert.rejects(credential.getToken(VAULT, { claims: "{}" }), {
			name: "AuthenticationError",
		});
		await entra.emulator.clearFaults();
		assert.equal((await credential.getToken(VAULT))?.token, first?.token);
	});
}
