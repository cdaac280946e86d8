// Have a person sign in at another device: the program shows a code, the person enters it in any browser, and their
// tokens are got silently ever after. It runs against an emulated Entra ID on this machine, which also plays the person.
//
//   node examples/device-code/main.js
import assert from "node:assert/strict";
import { startEmulator } from "@azidentity/emulator";
import { DeviceCodeCredential } from "azidentity";

const STORAGE = "https://storage.azure.com/.default";
const VAULT = "https://vault.azure.net/.default";

const emulator = await startEmulator();
const { alice } = emulator.users;
const options = {
	tenantId: emulator.tenants.contoso.id,
	clientId: emulator.apps.native.clientId,
	authorityHost: emulator.authorityHost,
	disableInstanceDiscovery: true,
	tlsOptions: { ca: emulator.ca },
};

try {
	let prompts = 0;
	const credential = new DeviceCodeCredential({
		...options,
		// Without this, the message is printed on standard error.
		async userPromptCallback({ message, userCode }) {
			prompts += 1;
			console.log(message);
			await emulator.approveDevice(userCode, alice.username);
		},
	});

	// Three callers, two resources, one prompt.
	const [one, two, three] = await Promise.all([
		credential.getToken(STORAGE),
		credential.getToken(STORAGE),
		credential.getToken(VAULT),
	]);
	assert.equal(one.token, two.token);
	assert.notEqual(one.token, three.token);
	assert.equal(prompts, 1);
	console.log("three callers have their tokens; the person was asked once");

	const declined = new DeviceCodeCredential({
		...options,
		userPromptCallback: ({ userCode }) => emulator.denyDevice(userCode),
	});
	await assert.rejects(declined.getToken(STORAGE), (error) => {
		assert.equal(error.errorResponse.error, "authorization_declined");
		console.log(`when the person declines:\n  ${error.message}`);
		return true;
	});
} finally {
	await emulator.close();
}
