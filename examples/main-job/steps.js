import assert from "node:assert/strict";
import { BlobServiceClient } from "@azure/storage-blob";

const STORAGE = "https://storage.azure.com/.default";
const VAULT = "https://vault.azure.net/.default";
const TEXT = "Hello from a token that was asked for once.";

/**
 * The main job, step by step: each returns what a person should see of it, and throws when it did not
 * do what it should.
 * @param {{ emulator: import("@azidentity/emulator").Emulator, storageUrl: string,
 *   credential: import("azidentity").ClientSecretCredential, tlsOptions: { ca: string },
 *   onDisk: ReturnType<typeof import("./on-disk.js").cacheOnDisk> }} parts
 */
export function mainJob(parts) {
	const { emulator, credential } = parts;
	const memory = inMemory(credential);
	const disk = onDisk(parts.onDisk);
	const blobs = withStorage(parts);
	return [
		memory.first,
		memory.again,
		memory.manyAtOnce,
		blobs.upload,
		disk.store,
		{
			...memory.again,
			name: "authority switched off",
			prepare: () => emulator.suspend(),
		},
		disk.secondProcess,
		blobs.readBack,
	];
}

function inMemory(credential) {
	let token;
	return {
		first: {
			name: "first token",
			expectedRequests: 1,
			async run() {
				({ token } = await credential.getToken(STORAGE));
				return "from the authority";
			},
		},
		again: {
			name: "second call",
			expectedRequests: 0,
			async run() {
				assert.equal((await credential.getToken(STORAGE)).token, token);
				return "the same token, from memory";
			},
		},
		manyAtOnce: {
			name: "100 callers at once, new scope",
			expectedRequests: 1,
			async run() {
				const callers = Array.from({ length: 100 }, () =>
					credential.getToken(VAULT),
				);
				const tokens = (await Promise.all(callers)).map(({ token }) => token);
				assert.equal(new Set(tokens).size, 1);
				return "one request, one token for all";
			},
		},
	};
}

function withStorage({ storageUrl, credential, tlsOptions }) {
	// The storage client's types do not show this option of its HTTP pipeline.
	const service = new BlobServiceClient(storageUrl, credential, { tlsOptions });
	const container = service.getContainerClient("greetings");
	const blob = container.getBlockBlobClient("hello.txt");
	return {
		upload: {
			name: "blob uploaded by @azure/storage-blob",
			// Clients of the Azure SDK ask for tokens under continuous access evaluation: those are kept apart.
			expectedRequests: 1,
			async run() {
				await container.create();
				await blob.upload(TEXT, Buffer.byteLength(TEXT));
				return "one token for all its requests";
			},
		},
		readBack: {
			name: "blob read back, authority still off",
			expectedRequests: 0,
			async run() {
				const text = (await blob.downloadToBuffer()).toString();
				assert.equal(text, TEXT);
				return `"${text}"`;
			},
		},
	};
}

function onDisk(cache) {
	let token;
	return {
		store: {
			name: "token kept on disk, encrypted",
			expectedRequests: 1,
			async run() {
				token = await cache.fill(STORAGE).catch(keyringMissing);
				if (token === undefined)
					return { skipped: "this kernel has no keyring for us" };
				cache.assertUnreadable(token);
				return "nothing in the file can be read";
			},
		},
		secondProcess: {
			name: "second process, authority still off",
			expectedRequests: 0,
			async run() {
				if (token === undefined) return { skipped: "nothing is on disk" };
				assert.equal(cache.inSecondProcess(STORAGE), token);
				return "the same token, from disk";
			},
		},
	};
}

/** Some containers forbid the kernel keyring. Then there is no place for the key, and the error says so. */
function keyringMissing(error) {
	if (error.cannotOpen) return undefined;
	throw error;
}
