import assert from "node:assert/strict";
import { describe, test, vi } from "vitest";
import { emulatedEntra, VAULT } from "./emulated-entra.ts";
import { kubernetesPod } from "./kubernetes-pod.ts";
import {
	assertShowsNone,
	assertSilent,
	capturedLog,
	PLANTED_JWT,
	printed,
	TALKATIVE,
} from "./planted-secrets.ts";

const entra = emulatedEntra();
const pod = kubernetesPod(entra);
const logged = capturedLog();
const silent = (
	credential: { getToken(scope: string): Promise<unknown> },
	planted: readonly string[],
) => assertSilent(credential, VAULT, planted, logged);

describe("No log line, error or inspection shows what a workload proves itself by", () => {
	const quoting = (status: number, text: string) =>
		entra.emulator.addFault({
			path: "/token",
			times: null,
			status,
			body: { error: "invalid_client", error_description: text },
		});

	test("when it signs in", async () => {
		const [header = "", payload = "", signature = ""] = pod.rotate().split(".");
		const planted = [`${header}.${payload}`, payload, signature];
		const failure = await silent(pod.workload(TALKATIVE), planted);
		assert.equal(failure, undefined);
	});

	test.each([
		["quotes it", (text: string) => `not ${text}`],
		["quotes the form", (text: string) => `client_assertion=${text}&x=y`],
	])("when Entra's refusal %s", async (_, quote) => {
		for (const assertion of [PLANTED_JWT, "planted-opaque-token"]) {
			pod.rotate(assertion);
			await quoting(401, quote(assertion));
			const planted = [assertion, "plantedSignature"];
			assert.ok(await silent(pod.workload(TALKATIVE), planted));
		}
	});

	test("when the token proxy cannot be what it is said to be", () => {
		vi.stubEnv(
			"AZURE_KUBERNETES_TOKEN_PROXY",
			"https://user:planted@proxy.test",
		);
		assert.throws(
			() => pod.workload({ enableAzureProxy: true }),
			(error) => {
				assertShowsNone(["planted"], printed(error));
				return true;
			},
		);
	});
});
