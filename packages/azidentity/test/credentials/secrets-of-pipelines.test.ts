import assert from "node:assert/strict";
import { describe, test, vi } from "vitest";
import { emulatedEntra, VAULT } from "./emulated-entra.ts";
import { SYSTEM_TOKEN } from "./oidc-endpoint.ts";
import { pipelineJob } from "./pipeline-job.ts";
import {
	assertShowsNone,
	assertSilent,
	capturedLog,
	PLANTED_JWT,
	TALKATIVE,
} from "./planted-secrets.ts";

const entra = emulatedEntra();
const job = pipelineJob(entra);
const logged = capturedLog();
const silent = (
	credential: { getToken(scope: string): Promise<unknown> },
	planted: readonly string[],
) => assertSilent(credential, VAULT, planted, logged);

describe("No log line, error or inspection shows a job's system token or its OIDC token", () => {
	const planted = [SYSTEM_TOKEN, encodeURIComponent(SYSTEM_TOKEN)];

	test("when it signs in", async () => {
		const failure = await silent(job.credential(TALKATIVE), planted);
		assert.equal(failure, undefined);
		const [issued = assert.fail()] = job.endpoint.issued;
		assertShowsNone([issued, ...issued.split(".").slice(1)], await logged());
	});

	test.each<[string, number, string | object]>([
		["a refusal that quotes it", 401, { message: `not ${SYSTEM_TOKEN}` }],
		["a page that quotes it", 404, `<p>Authorization: Bearer ${SYSTEM_TOKEN}`],
		["a page that quotes a token", 500, `<p>${PLANTED_JWT}`],
		[
			"a success without its token",
			200,
			{ token: PLANTED_JWT, x: SYSTEM_TOKEN },
		],
		["a sign-in page", 203, `<p>${SYSTEM_TOKEN}`],
		["a redirect", 302, `<a href="https://a.test/?t=${SYSTEM_TOKEN}">`],
	])("after %s", async (_, status, body) => {
		const headers = {
			location: `https://a.test/?t=${SYSTEM_TOKEN}`,
			"x-other": SYSTEM_TOKEN,
		};
		for (let count = 0; count < 4; count += 1)
			job.answers(status, body, headers);
		const all = [...planted, PLANTED_JWT, "plantedSignature"];
		assert.ok(await silent(job.credential(TALKATIVE), all));
	});

	test("after a connection that is cut, and when nobody is there", async () => {
		for (let count = 0; count < 4; count += 1) job.cuts();
		assert.ok(await silent(job.credential(TALKATIVE), planted));
		vi.stubEnv("SYSTEM_OIDCREQUESTURI", "https://localhost:1/oidctoken");
		assert.ok(await silent(job.credential(TALKATIVE), planted));
	});

	test("when it cannot be sent at all", async () => {
		const credential = job.credential(TALKATIVE, `${SYSTEM_TOKEN}\nplanted`);
		assert.ok(await silent(credential, [...planted, "planted"]));
	});

	test("when Entra's refusal quotes the OIDC token", async () => {
		job.answers(200, { oidcToken: "planted-opaque-token" });
		await entra.emulator.addFault({
			path: "/token",
			status: 401,
			body: {
				error: "invalid_client",
				error_description: "not planted-opaque-token",
			},
		});
		assert.ok(
			await silent(job.credential(TALKATIVE), [...planted, "planted-opaque"]),
		);
	});
});
