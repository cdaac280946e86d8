import assert from "node:assert/strict";
import { TableClient, TableServiceClient } from "@azure/data-tables";
import { QueueServiceClient } from "@azure/storage-queue";
import { describe, test } from "vitest";
import { emulatedAzure } from "./emulated-azure.ts";

/** As many as a program that copies a folder sends at once. */
const BLOBS = Array.from({ length: 200 }, (_, at) => `blob-${at}`);

describe("clients of Azure Storage", () => {
	const azure = emulatedAzure();

	test("200 blobs that one client uploads and downloads at once cost one token request", async () => {
		const container = azure
			.blobs(azure.daemon())
			.getContainerClient(azure.newName());
		await container.create();
		await Promise.all(
			BLOBS.map((name) =>
				container.getBlockBlobClient(name).upload(name, name.length),
			),
		);
		const contents = await Promise.all(
			BLOBS.map(async (name) =>
				String(await container.getBlockBlobClient(name).downloadToBuffer()),
			),
		);
		assert.deepEqual(contents, BLOBS);
		assert.equal((await azure.tokenRequests()).length, 1);
	});

	test("50 clients that start at once with one credential cost one token request", async () => {
		const blobs = BLOBS.slice(0, 50);
		const credential = azure.daemon();
		const name = azure.newName();
		await azure.blobs(azure.daemon()).createContainer(name);
		await azure.emulator.clearRequests();
		const blob = (text: string) =>
			azure.blobs(credential).getContainerClient(name).getBlockBlobClient(text);
		await Promise.all(
			blobs.map((text) => blob(text).upload(text, text.length)),
		);
		const contents = await Promise.all(
			blobs.map(async (text) => String(await blob(text).downloadToBuffer())),
		);
		assert.deepEqual(contents, blobs);
		assert.equal((await azure.tokenRequests()).length, 1);
	});

	test("a queue hands over what was sent to it", async () => {
		const queue = new QueueServiceClient(
			azure.storage("queue"),
			azure.daemon(),
			azure.clientOptions,
		).getQueueClient(azure.newName());
		await queue.create();
		await queue.sendMessage("an order");
		const { receivedMessageItems } = await queue.receiveMessages();
		const [message, ...more] = receivedMessageItems;
		assert.ok(message);
		assert.deepEqual([message.messageText, more], ["an order", []]);
		await queue.deleteMessage(message.messageId, message.popReceipt);
		const { approximateMessagesCount } = await queue.getProperties();
		assert.equal(approximateMessagesCount, 0);
		assert.equal((await azure.tokenRequests()).length, 1);
	});

	test("a table finds the rows that were put into it", async () => {
		const credential = azure.daemon();
		const name = azure.newName();
		const service = new TableServiceClient(
			azure.storage("table"),
			credential,
			azure.clientOptions,
		);
		await service.createTable(name);
		const table = new TableClient(
			azure.storage("table"),
			name,
			credential,
			azure.clientOptions,
		);
		const partitionKey = "things";
		await table.createEntity({ partitionKey, rowKey: "pen", price: 2 });
		await table.createEntity({ partitionKey, rowKey: "desk", price: 200 });
		const found = [];
		for await (const { rowKey } of table.listEntities({
			queryOptions: { filter: "price gt 100" },
		}))
			found.push(rowKey);
		assert.deepEqual(found, ["desk"]);
		assert.equal((await azure.tokenRequests()).length, 1);
	});

	test("clients of blobs, queues and tables share what one credential remembers", async () => {
		const credential = azure.daemon();
		const { clientOptions } = azure;
		await azure.blobs(credential).createContainer(azure.newName());
		await new QueueServiceClient(
			azure.storage("queue"),
			credential,
			clientOptions,
		).createQueue(azure.newName());
		await new TableServiceClient(
			azure.storage("table"),
			credential,
			clientOptions,
		).createTable(azure.newName());
		assert.equal((await azure.tokenRequests()).length, 1);
	});
});
