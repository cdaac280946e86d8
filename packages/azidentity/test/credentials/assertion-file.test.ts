import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { minutes, seconds } from "@azidentity/testkit";
import {
	AuthenticationError,
	WorkloadIdentityCredential,
	type WorkloadIdentityCredentialOptions,
} from "azidentity";
import { describe, test } from "vitest";
import {
	failureOf,
	GRANTED,
	ScriptedService,
} from "../entra/scripted-service.ts";
import { emulatedEntra, VAULT } from "./emulated-entra.ts";
import { kubernetesPod } from "./kubernetes-pod.ts";

type Policies = NonNullable<
	WorkloadIdentityCredentialOptions["additionalPolicies"]
>;

const entra = emulatedEntra();
const pod = kubernetesPod(entra);

describe("The file is read when an assertion is needed", () => {
	/** The assertions that were shown, one for each request. */
	async function shown(
		run: (
			ask: (scope: string) => Promise<unknown>,
			service: ScriptedService,
		) => Promise<void>,
	): Promise<(string | undefined)[]> {
		const service = new ScriptedService(
			...Array.from({ length: 10 }, () => ({ body: GRANTED })),
		);
		const credential = new WorkloadIdentityCredential(service.options());
		await run((scope) => credential.getToken(scope), service);
		return service.seen.map(({ form }) => form.client_assertion);
	}

	test("so that a rotation is seen by the next request, a second later at most", async () => {
		const assertions = await shown(async (ask, { clock }) => {
			pod.rotate("first");
			await ask("https://a.test/.default");
			pod.rotate("second");
			clock.advance(seconds(1));
			await ask("https://b.test/.default");
			pod.rotate("third");
			clock.advance(seconds(1) - 1);
			await ask("https://c.test/.default");
			clock.advance(1);
			await ask("https://d.test/.default");
		});
		assert.deepEqual(assertions, ["first", "second", "second", "third"]);
	});

	test("once for all requests of a second", async () => {
		const assertions = await shown(async (ask) => {
			pod.rotate("shared");
			const asked = ["a", "b", "c"].map((name) =>
				ask(`https://${name}.test/.default`),
			);
			await Promise.all(asked);
			rmSync(pod.tokenFile);
			await ask("https://d.test/.default");
		});
		assert.deepEqual(assertions, Array(4).fill("shared"));
	});

	test("a clock that is turned back does not keep an old one", async () => {
		const assertions = await shown(async (ask, { clock }) => {
			pod.rotate("first");
			await ask("https://a.test/.default");
			pod.rotate("second");
			clock.advance(-minutes(10));
			await ask("https://b.test/.default");
		});
		assert.deepEqual(assertions, ["first", "second"]);
	});
});

describe("An assertion that Entra finds out of date", () => {
	const now = () => Math.floor(Date.now() / 1_000);
	const expired = (ago = 600) => pod.token({ exp: now() - ago });
	/** A workload, where something happens to the file while Entra's first answer is on its way back. */
	const workload = (meanwhile: () => void) => {
		let isFirst = true;
		const policy: Policies[number]["policy"] = {
			name: "meanwhile",
			async sendRequest(request, next) {
				const answer = await next(request);
				// Before it is asked for tokens, the emulator is asked where.
				if (request.method === "GET") return answer;
				if (isFirst) meanwhile();
				isFirst = false;
				return answer;
			},
		};
		return pod.workload({
			additionalPolicies: [{ policy, position: "perRetry" }],
		});
	};
	const codes = async () =>
		(await entra.tokenRequests()).map(({ errorCode }) => errorCode);

	test("is read once more, and the newer one is shown: the caller hears nothing of it", async () => {
		pod.rotate(expired());
		assert.ok(await workload(() => pod.rotate()).getToken(VAULT));
		assert.deepEqual(await codes(), [700024, undefined]);
	});

	test.each([
		["still there", () => {}],
		["gone", () => rmSync(pod.tokenFile)],
		["empty", () => pod.rotate("")],
	])(
		"is shown once when the file has nothing newer (%s): Entra's refusal is the answer",
		async (_, spoil) => {
			pod.rotate(expired());
			const error = await failureOf(workload(spoil).getToken(VAULT));
			assert.ok(error instanceof AuthenticationError);
			assert.equal(error.statusCode, 401);
			assert.deepEqual(error.errorResponse.errorCodes, [700024]);
			assert.deepEqual(await codes(), [700024]);
		},
	);

	test("twice in a row is refused: nobody asks for ever", async () => {
		pod.rotate(expired());
		const credential = workload(() => pod.rotate(expired(500)));
		const error = await failureOf(credential.getToken(VAULT));
		assert.ok(error instanceof AuthenticationError);
		assert.deepEqual(await codes(), [700024, 700024]);
	});

	test("for another reason is not read again", async () => {
		pod.rotate(pod.token({ aud: "api://other" }));
		await failureOf(workload(() => pod.rotate()).getToken(VAULT));
		assert.deepEqual(await codes(), [700212]);
	});
});

test("a caller who leaves while the file is read is let go at once", async (context) => {
	const tokenFilePath = pod.file("pipe");
	try {
		execFileSync("mkfifo", [tokenFilePath]);
	} catch {
		return context.skip("this system has no mkfifo");
	}
	const leaving = new AbortController();
	const asking = pod
		.workload({ tokenFilePath })
		.getToken(VAULT, { abortSignal: leaving.signal });
	// A pipe opens for writing when somebody reads it, and ends for the reader when it is closed.
	const pipe = await open(tokenFilePath, "w");
	leaving.abort();
	await assert.rejects(asking, { name: "AbortError" });
	await pipe.close();
});
