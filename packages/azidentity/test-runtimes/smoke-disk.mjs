import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { ask, job, test } from "./conversation.mjs";
import { VAULT, withSecret } from "./smoke-applications.mjs";

export async function disk(azidentity) {
	if (!job.hasNativeCode) return await withoutNativeCode(azidentity);

	await test("a second process finds on disk what the first one left, encrypted", async () => {
		const tokenCachePersistenceOptions = job.disk;
		const credential = withSecret(azidentity, { tokenCachePersistenceOptions });
		const { token } = await credential.getToken(VAULT);
		assertUnreadable(job.disk.directory, token);
		await ask("clearRequests");
		await ask("start", { role: "secondProcess", token });
		assert.deepEqual(await ask("requests"), []);
	});

	// Only Linux lets a program be started to which calls are refused.
	if (process.platform !== "linux") return;
	await test("where keys have no place, as in a container, there is an error, or plain text by its unsafe name", async () => {
		await ask("start", { role: "inContainer" });
	});
}

/** Where the runtime does not load what calls the system. */
async function withoutNativeCode(azidentity) {
	for (const more of [{}, { unsafeAllowUnencryptedStorage: true }]) {
		await test(`without native code the cache on disk says what is missing and what to do (${JSON.stringify(more)})`, async () => {
			const credential = withSecret(azidentity, {
				tokenCachePersistenceOptions: { ...job.disk, ...more },
			});
			const error = await credential.getToken(VAULT).catch((thrown) => thrown);
			assert.equal(error.name, "CredentialUnavailableError");
			assert.match(error.message, /@koromix\/koffi-/);
			assert.match(error.message, new RegExp(job.advice));
			// The credential is as good as before, without the disk.
			assert.ok((await withSecret(azidentity).getToken(VAULT)).token);
		});
	}
}

/** What the second process does: its token is the first one's. */
export async function secondProcess(azidentity) {
	await test("a token comes from the disk", async () => {
		const credential = withSecret(azidentity, {
			tokenCachePersistenceOptions: job.disk,
		});
		assert.equal((await credential.getToken(VAULT)).token, job.token);
	});
}

/** What happens where the kernel refuses calls to its keyring. */
export async function inContainer(azidentity) {
	const directory = path.join(job.disk.directory, "container");

	await test("without a keyring the error says so, and how to go on", async () => {
		const credential = withSecret(azidentity, {
			tokenCachePersistenceOptions: { ...job.disk, directory },
		});
		const error = await credential.getToken(VAULT).catch((thrown) => thrown);
		assert.equal(error.name, "CredentialUnavailableError");
		assert.match(error.message, /unsafeAllowUnencryptedStorage/);
	});

	await test("by its unsafe name a plain file is used, which only the user can read", async () => {
		const tokenCachePersistenceOptions = {
			...job.disk,
			directory,
			unsafeAllowUnencryptedStorage: true,
		};
		const credential = withSecret(azidentity, { tokenCachePersistenceOptions });
		const { token } = await credential.getToken(VAULT);
		const file = filesIn(directory).find((each) =>
			readFileSync(each, "utf8").includes(token),
		);
		assert.ok(file);
		assert.equal(statSync(file).mode & 0o777, 0o600);
	});
}

function assertUnreadable(directory, token) {
	const files = filesIn(directory);
	assert.ok(files.length > 0);
	for (const file of files) {
		const text = readFileSync(file, "latin1");
		for (const part of [token, ...token.split("."), "AccessToken"])
			assert.ok(!text.includes(part), `${file} shows a token`);
	}
}

function filesIn(directory) {
	return readdirSync(directory, { recursive: true })
		.map((name) => path.join(directory, name))
		.filter((file) => statSync(file).isFile());
}
