// The account of `az login`, on an Entra ID that runs on this machine. Needs the Azure CLI; without it, says so.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmulator } from "@azidentity/emulator";
import { AzureCliCredential } from "azidentity";

const SCOPE = "https://storage.azure.com/.default";
const emulator = await startEmulator();
const profile = mkdtempSync(path.join(tmpdir(), "azure-cli-example-"));
// Only for the emulator: az takes it for the real Entra ID, and leaves your own sign-in alone.
Object.assign(process.env, {
	AZURE_CONFIG_DIR: profile,
	HTTPS_PROXY: emulator.proxyUrl,
	REQUESTS_CA_BUNDLE: emulator.caFile,
	AZURE_CORE_COLLECT_TELEMETRY: "false",
});

try {
	const credential = new AzureCliCredential({ rememberTokens: true });
	const unavailable = await credential.getToken(SCOPE).catch((error) => error);
	console.log(`before the sign-in: ${unavailable.message}`);
	if (!/not found/.test(unavailable.message)) await signedIn(credential);
} finally {
	await emulator.close();
	rmSync(profile, { recursive: true, force: true });
}

async function signedIn(credential) {
	const { username, password } = emulator.users.alice;
	execFileSync("az", ["login", "-u", username, "-p", password], {
		stdio: "ignore",
	});
	for (const call of ["first", "second"]) {
		const start = performance.now();
		const { token } = await credential.getToken(SCOPE);
		const { upn } = JSON.parse(Buffer.from(token.split(".")[1], "base64url"));
		const time = (performance.now() - start).toFixed(3);
		console.log(`${call} call: a token of ${upn}, in ${time} ms`);
	}
}
