import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import type { TokenCredential } from "azidentity";
import { afterEach, beforeEach, describe, test } from "vitest";
import {
	emulatedEntra,
	STORAGE,
	VAULT,
} from "../credentials/emulated-entra.ts";
import { kubernetesPod } from "../credentials/kubernetes-pod.ts";
import { pipelineJob } from "../credentials/pipeline-job.ts";
import { needsKeyring } from "./needs-keyring.ts";
import { newCache } from "./programs.ts";

needsKeyring();

const entra = emulatedEntra();
let cache: ReturnType<typeof newCache>;
beforeEach(() => {
	cache = newCache();
});
afterEach(() => cache.remove());

const onDisk = () => {
	const { directory, name } = cache;
	return {
		...entra.options,
		tokenCachePersistenceOptions: { enabled: true, name, directory },
	};
};

/** One credential stores; the next, which can prove nothing, finds it and asks nobody, and gets no other. */
async function assertOutlives(
	credential: () => TokenCredential,
	takeProofAway: () => void,
): Promise<void> {
	const first = await credential().getToken(VAULT);
	await entra.emulator.clearRequests();
	takeProofAway();
	const next = credential();
	assert.equal((await next.getToken(VAULT))?.token, first?.token);
	assert.deepEqual(await entra.emulator.requests(), []);
	await assert.rejects(next.getToken(STORAGE));
	assert.deepEqual(await entra.tokenRequests(), []);
}

describe("Kept on disk, a token outlives what the workload proved itself by", () => {
	describe("in Kubernetes", () => {
		const pod = kubernetesPod(entra);
		test("the file", () =>
			assertOutlives(
				() => pod.workload(onDisk()),
				() => rmSync(pod.tokenFile),
			));
	});

	describe("in Azure Pipelines", () => {
		const job = pipelineJob(entra);
		test("the job's endpoint", () =>
			assertOutlives(
				() => job.credential({ ...onDisk(), retryOptions: { maxRetries: 0 } }),
				() => {
					job.cuts();
				},
			));
	});
});
