import assert from "node:assert/strict";
import { TableServiceClient } from "@azure/data-tables";
import { SecretClient } from "@azure/keyvault-secrets";
import { QueueServiceClient } from "@azure/storage-queue";
import { AuthenticationError } from "azidentity";
import { afterEach, describe, onTestFinished, test, vi } from "vitest";
import { emulatedAzure } from "./emulated-azure.ts";
import { startKeyVault } from "./key-vault.ts";

const MINUTE_MS = 60_000;

describe("while the authority is down", () => {
	const azure = emulatedAzure();
	let isDown = false;
	async function switchOff(): Promise<void> {
		await azure.emulator.suspend();
		isDown = true;
	}
	async function switchOn(): Promise<void> {
		if (isDown) await azure.emulator.resume();
		isDown = false;
	}
	afterEach(switchOn);

	test("clients go on with the token that is remembered, new ones too", async () => {
		const credential = azure.daemon();
		const { clientOptions } = azure;
		const name = azure.newName();
		await azure.blobs(credential).createContainer(name);
		await switchOff();
		const container = azure.blobs(credential).getContainerClient(name);
		await container.getBlockBlobClient("note").upload("read me", 7);
		const blob = container.getBlockBlobClient("note");
		assert.equal(String(await blob.downloadToBuffer()), "read me");
		await new QueueServiceClient(
			azure.storage("queue"),
			credential,
			clientOptions,
		).createQueue(name);
		await new TableServiceClient(
			azure.storage("table"),
			credential,
			clientOptions,
		).createTable(name);
	});

	test("a token that is due is still used, and replaced when the authority is back", async () => {
		let moved = 0;
		// Only the credential's clock is moved: storage and its clients go by the real one.
		const clock = { now: () => Date.now() + moved };
		const credential = azure.daemon(clock);
		await azure.emulator.configure({ refreshIn: 30 * MINUTE_MS });
		const name = azure.newName();
		const upload = (blob: string) =>
			azure
				.blobs(credential)
				.getContainerClient(name)
				.getBlockBlobClient(blob)
				.upload(blob, blob.length);
		await azure.blobs(credential).createContainer(name);
		await azure.emulator.clearRequests();
		await switchOff();
		moved = 40 * MINUTE_MS;
		for (const blob of ["one", "two", "three"]) await upload(blob);
		await switchOn();
		moved += MINUTE_MS;
		await upload("four");
		// The refresh goes on behind the upload.
		const replaced = async () =>
			assert.equal((await azure.tokenRequests()).length, 1);
		await vi.waitFor(replaced, 30_000);
	});

	test("who has no token yet learns that it is an outage, and needs no new client afterwards", async () => {
		const blobs = azure.blobs(azure.daemon());
		await switchOff();
		await assert.rejects(
			blobs.createContainer(azure.newName()),
			(error: unknown) =>
				error instanceof AuthenticationError && error.isOutage,
		);
		await switchOn();
		await blobs.createContainer(azure.newName());
	});

	test("a vault is read on", async () => {
		const vault = await startKeyVault(
			azure.emulator,
			azure.emulator.tenants.contoso.id,
		);
		onTestFinished(() => vault.close());
		const client = () =>
			new SecretClient(vault.url, credential, {
				...azure.clientOptions,
				disableChallengeResourceVerification: true,
			});
		const credential = azure.daemon();
		await client().setSecret("door", "1234");
		await switchOff();
		assert.equal((await client().getSecret("door")).value, "1234");
	});
});
