import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { TokenCachePersistenceOptions } from "azidentity";
import { afterAll, beforeAll, describe, test } from "vitest";
import { emulatedAzure } from "./emulated-azure.ts";

describe("a program that uploads blobs, started again", () => {
	const azure = emulatedAzure();
	let directory = "";
	beforeAll(() => {
		directory = mkdtempSync(path.join(tmpdir(), "azidentity-processes-"));
	});
	afterAll(() => rmSync(directory, { recursive: true }));

	/** Runs it to its end. Gives the number of its token requests. */
	async function upload(
		tokenCachePersistenceOptions?: TokenCachePersistenceOptions,
	): Promise<number> {
		await azure.emulator.clearRequests();
		const { apps, tenants } = azure.emulator;
		const program = path.join(import.meta.dirname, "programs/upload-blobs.js");
		const child = spawn(process.execPath, [program], {
			stdio: ["pipe", "ignore", "pipe"],
		});
		child.stdin.end(
			JSON.stringify({
				tenantId: tenants.contoso.id,
				clientId: apps.daemon.clientId,
				secret: apps.daemon.secrets[0],
				options: { ...azure.options, tokenCachePersistenceOptions },
				url: azure.storage("blob"),
				container: azure.newName(),
			}),
		);
		const [complaints, [code]] = await Promise.all([
			text(child.stderr),
			once(child, "close"),
		]);
		assert.equal(code, 0, complaints);
		return (await azure.tokenRequests()).length;
	}

	test("asks for a token each time, when it keeps tokens in memory", async () => {
		assert.equal(await upload(), 1);
		assert.equal(await upload(), 1);
	});

	test("asks for none, when it keeps them on disk; not even for an authority that is up", async () => {
		const onDisk: TokenCachePersistenceOptions = {
			enabled: true,
			name: azure.newName(),
			directory,
			// For machines without a keyring: the tokens are those of an emulator.
			unsafeAllowUnencryptedStorage: true,
		};
		assert.equal(await upload(onDisk), 1);
		assert.equal(await upload(onDisk), 0);
		await azure.emulator.suspend();
		try {
			assert.equal(await upload(onDisk), 0);
		} finally {
			await azure.emulator.resume();
		}
	});
});
