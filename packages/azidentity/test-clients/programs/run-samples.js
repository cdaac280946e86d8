// Runs samples one after the other in a process of their own, and tells its parent how each went. Before each, the things
// are there that its text takes for granted.
import { EnvironmentCredential } from "azidentity";

// What samples use and do not show: plugins that their readers have installed.
const plugin = () => {};
Object.assign(globalThis, {
	vsCodePlugin: plugin,
	cachePersistencePlugin: plugin,
});

process.once("message", async ({ packageName, samples, things }) => {
	const prepare = await preparations[packageName]?.(things);
	for (const { name, file } of samples) {
		try {
			await prepare?.();
			await import(file);
			process.send({ name, ok: true });
		} catch (error) {
			process.send({ name, ok: false, error: String(error?.stack ?? error) });
		}
	}
	process.disconnect();
});

const credential = new EnvironmentCredential();
const addressOf = (service, { account }) =>
	`https://${account}.${service}.core.windows.net`;

/** What makes the things that the samples of a package take for granted. */
const preparations = {
	async "@azure/storage-blob"(things) {
		const { BlobServiceClient } = await import("@azure/storage-blob");
		const url = addressOf("blob", things);
		const service = new BlobServiceClient(url, credential);
		const container = service.getContainerClient(things.container);
		return async () => {
			await container.createIfNotExists();
			await container.getBlockBlobClient(things.blob).upload("Hello", 5);
		};
	},
	async "@azure/storage-queue"(things) {
		const { QueueServiceClient } = await import("@azure/storage-queue");
		const url = addressOf("queue", things);
		const service = new QueueServiceClient(url, credential);
		const queue = service.getQueueClient(things.queue);
		return async () => {
			await queue.createIfNotExists();
			await queue.sendMessage("Hello");
		};
	},
	async "@azure/data-tables"(things) {
		const { TableClient } = await import("@azure/data-tables");
		const url = addressOf("table", things);
		const table = new TableClient(url, things.table, credential);
		return async () => {
			await table.createTable();
			await table.deleteEntity("P1", "R1").catch(ifMissing);
		};
	},
	async "@azure/keyvault-secrets"(things) {
		const { SecretClient } = await import("@azure/keyvault-secrets");
		const secrets = new SecretClient(things.vault, credential);
		return async () => {
			await secrets.purgeDeletedSecret(things.secret).catch(ifMissing);
			await secrets.setSecret(things.secret, "a value");
		};
	},
};

function ifMissing(error) {
	if (error.statusCode !== 404) throw error;
}
