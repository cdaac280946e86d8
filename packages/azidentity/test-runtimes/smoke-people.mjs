import assert from "node:assert/strict";
import { ask, job, test } from "./conversation.mjs";
import { options, VAULT } from "./smoke-applications.mjs";

const STORAGE = "https://storage.azure.com/.default";

export async function people({
	DeviceCodeCredential,
	InteractiveBrowserCredential,
}) {
	const person = {
		...options,
		tenantId: job.tenantId,
		clientId: job.publicClientId,
	};

	await test("a person signs in at another device once, and gets tokens of other resources silently", async () => {
		let prompts = 0;
		const credential = new DeviceCodeCredential({
			...person,
			async userPromptCallback({ userCode }) {
				prompts += 1;
				await ask("approveDevice", userCode, job.username);
			},
		});
		const first = await credential.getToken(STORAGE);
		const other = await credential.getToken(VAULT);
		assert.notEqual(first.token, other.token);
		assert.equal(prompts, 1);
	});

	if (job.browserAdvice !== undefined)
		return await test("where no browser can be opened, the error says so and how to sign in", async () => {
			const credential = new InteractiveBrowserCredential(person);
			const error = await credential.getToken(VAULT).catch((thrown) => thrown);
			assert.equal(error.name, "CredentialUnavailableError");
			assert.match(error.message, new RegExp(job.browserAdvice));
			assert.match(error.message, /DeviceCodeCredential/);
		});

	await test("a person signs in with a browser, which comes back to a port of this program", async () => {
		await ask("clearRequests");
		const credential = new InteractiveBrowserCredential({
			...person,
			loginHint: job.username,
		});
		const { username } = await credential.authenticate(STORAGE);
		assert.equal(username, job.username);
		await credential.getToken(VAULT);
		assert.deepEqual(await ask("tokenRequests"), [
			"authorization_code",
			"refresh_token",
		]);
	});
}
