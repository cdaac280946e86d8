import assert from "node:assert/strict";
import { BlobServiceClient } from "@azure/storage-blob";

const STORAGE = "https://storage.azure.com/.default";
const VAULT = "https://vault.azure.net/.default";
const TEXT = "Hello from a token that was asked for once.";

/**
 * The main job, step by step: each returns what a person should see of it, and throws when it did not
 * do what it should.
 * @param {{ emulator: import("@azidentity/emulator").Emulator, storageUrl: string,
 *   credential: import("azidentity").ClientSecretCredential,
 *   tlsOptions: { ca: string } }} parts
 */
export function mainJob({ emulator, storageUrl, credential, tlsOptions }) {
	// The storage client's types do not show this option of its HTTP pipeline.
	const service = new BlobServiceClient(storageUrl, credential, { tlsOptions });
	const container = service.getContainerClient("greetings");
	const blob = container.getBlockBlobClient("hello.txt");
	let first;
	return [
		{
			name: "first token",
			expectedRequests: 1,
			async run() {
				first = await credential.getToken(STORAGE);
				return "from the authority";
			},
		},
		{
			name: "second call",
			expectedRequests: 0,
			async run() {
				assert.equal((await credential.getToken(STORAGE)).token, first.token);
				return "the same token, from memory";
			},
		},
		{
			name: "100 callers at once, new scope",
			expectedRequests: 1,
			async run() {
				const callers = Array.from({ length: 100 }, () =>
					credential.getToken(VAULT),
				);
				const tokens = new Set(
					(await Promise.all(callers)).map(({ token }) => token),
				);
				assert.equal(tokens.size, 1);
				return "one request, one token for all";
			},
		},
		{
			name: "blob uploaded by @azure/storage-blob",
			// Clients of the Azure SDK ask for tokens under continuous access evaluation: those are kept apart.
			expectedRequests: 1,
			async run() {
				await container.create();
				await blob.upload(TEXT, Buffer.byteLength(TEXT));
				return "one token for all its requests";
			},
		},
		{
			name: "authority switched off",
			expectedRequests: 0,
			prepare: () => emulator.suspend(),
			async run() {
				assert.equal((await credential.getToken(STORAGE)).token, first.token);
				return "the token is still served";
			},
		},
		{
			name: "blob read back, authority still off",
			expectedRequests: 0,
			async run() {
				const text = (await blob.downloadToBuffer()).toString();
				assert.equal(text, TEXT);
				return `"${text}"`;
			},
		},
	];
}
