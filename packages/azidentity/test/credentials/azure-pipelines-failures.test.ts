import assert from "node:assert/strict";
import { minutes } from "@azidentity/testkit";
import { AuthenticationError } from "azidentity";
import { describe, test } from "vitest";
import { failureOf } from "../entra/scripted-service.ts";
import { emulatedEntra, STORAGE, VAULT } from "./emulated-entra.ts";
import { pipelineJob } from "./pipeline-job.ts";

const entra = emulatedEntra();
const job = pipelineJob(entra);

async function refusalOf(call: Promise<unknown>): Promise<AuthenticationError> {
	const error = await failureOf(call);
	assert.ok(error instanceof AuthenticationError, String(error));
	assert.match(error.message, /^AzurePipelinesCredential: /);
	return error;
}

describe("When Azure Pipelines gives no token, that is a failure with its status, its words and the names of its request", () => {
	const TRACES = { "x-vss-e2eid": "e2e-1", "x-msedge-ref": "Ref A: 2" };
	test.each<[string, number, string | object, RegExp, Record<string, string>]>([
		[
			"a redirect to sign in",
			302,
			"<h2>Object moved</h2>",
			/SYSTEM_ACCESSTOKEN/,
			{ location: "https://localhost/signin" },
		],
		["a sign-in page", 203, "<html>Sign In", /SYSTEM_ACCESSTOKEN/, {}],
		[
			"refused",
			401,
			{ message: "TF400813: not authorized" },
			/TF400813.*SYSTEM_ACCESSTOKEN/,
			{},
		],
		["forbidden", 403, "", /service connection/, {}],
		[
			"not found",
			404,
			{ message: "no such connection" },
			/no such connection.*service connection/,
			{},
		],
		["no JSON", 400, "<h1>Bad Request</h1>", /status 400/, {}],
	])("%s", async (_, status, body, words, headers) => {
		job.answers(status, body, { ...TRACES, ...headers });
		const credential = job.credential();
		const error = await refusalOf(credential.getToken(VAULT));
		assert.equal(error.statusCode, status);
		assert.match(error.message, words);
		assert.match(
			error.message,
			/\(x-vss-e2eid: e2e-1, x-msedge-ref: Ref A: 2\)$/,
		);
		const {
			correlationId,
			error: word,
			errorDescription,
			traceId,
		} = error.errorResponse;
		assert.deepEqual(
			{ correlationId, traceId, word },
			{
				correlationId: "e2e-1",
				traceId: "Ref A: 2",
				word: "oidc_request_failed",
			},
		);
		if (status >= 300 && body !== "")
			assert.equal(
				errorDescription,
				typeof body === "string" ? body : JSON.stringify(body),
			);
		assert.equal(job.endpoint.asked.length, 1, "it is not asked again");
		assert.deepEqual(await entra.tokenRequests(), []);
		// The failure is not remembered.
		assert.ok(await credential.getToken(VAULT));
	});

	test.each<[string, string | object]>([
		["no token", { other: "planted-secret" }],
		["an empty token", { oidcToken: "", other: "planted-secret" }],
		["a token that is no text", { oidcToken: { planted: 1 } }],
		["no JSON", "planted-secret"],
		["a list", ["planted-secret"]],
		["nothing", ""],
	])("200 with %s, and nothing of the answer is shown", async (_, body) => {
		job.answers(200, body, TRACES);
		const error = await refusalOf(job.credential().getToken(VAULT));
		assert.equal(error.errorResponse.error, "oidc_token_missing");
		assert.equal(error.statusCode, 200);
		assert.match(error.message, /e2e-1/);
		assert.doesNotMatch(JSON.stringify(error) + error.message, /planted/);
		assert.deepEqual(await entra.tokenRequests(), []);
	});

	test.each([408, 429, 500, 502, 503, 504])(
		"status %s once is not seen by the caller",
		async (status) => {
			job.answers(status, "");
			assert.ok(await job.credential().getToken(VAULT));
			assert.equal(job.endpoint.asked.length, 2);
		},
	);

	test("a connection that is cut once is not seen by the caller; one that is always cut is a failure", async () => {
		job.cuts();
		const credential = job.credential();
		assert.ok(await credential.getToken(VAULT));
		for (let count = 0; count < 4; count += 1) job.cuts();
		const error = await refusalOf(credential.getToken(STORAGE));
		assert.equal(error.isOutage, true);
		assert.match(error.message, /SYSTEM_OIDCREQUESTURI/);
	});

	test("an outage of it is one: the token that lives is handed out", async () => {
		let later = 0;
		const credential = job.credential({
			now: () => Date.now() + later,
			retryOptions: { maxRetries: 0 },
		});
		const first = await credential.getToken(VAULT);
		later = minutes(57);
		job.answers(503, "", { "retry-after": "600" });
		assert.equal((await credential.getToken(VAULT)).token, first.token);
		job.answers(503, "", { "retry-after": "600" });
		const error = await refusalOf(credential.getToken(STORAGE));
		assert.equal(error.isOutage, true);
		assert.equal(error.retryAfter, 600_000);
	});
});

test("Entra's refusal of the job is a failure that stops a chain", async () => {
	await entra.emulator.updateApp(entra.emulator.apps.daemon.clientId, {
		federatedCredentials: [],
	});
	const error = await refusalOf(job.credential().getToken(VAULT));
	assert.equal(error.statusCode, 401);
	assert.deepEqual(error.errorResponse.errorCodes, [700211]);
});

test("a caller who leaves while the pipeline is asked is let go at once", async () => {
	job.hangs();
	const leaving = new AbortController();
	const asking = job
		.credential()
		.getToken(VAULT, { abortSignal: leaving.signal });
	while (job.endpoint.asked.length === 0)
		await new Promise((next) => setImmediate(next));
	leaving.abort();
	await assert.rejects(asking, { name: "AbortError" });
	assert.deepEqual(await entra.tokenRequests(), []);
});
