// Sign in by a certificate, and renew it without a restart. It runs against an emulated Entra ID on this machine.
//
//   node examples/client-certificate/main.js
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmulator } from "@azidentity/emulator";
import { ClientCertificateCredential } from "azidentity";

const STORAGE = "https://storage.azure.com/.default";
const VAULT = "https://vault.azure.net/.default";

const folder = mkdtempSync(path.join(tmpdir(), "client-certificate-"));
const emulator = await startEmulator();
try {
	const { contoso } = emulator.tenants;
	const { clientId } = emulator.apps.daemon;
	const options = {
		authorityHost: emulator.authorityHost,
		disableInstanceDiscovery: true,
		tlsOptions: { ca: emulator.ca },
	};

	// A file with the certificate and its private key. The emulator has one ready, and its certificate registered;
	// docs/service-credentials.md shows how to make your own.
	const file = path.join(folder, "app.pem");
	await writeFile(file, emulator.appCertificate.pem, { mode: 0o600 });
	const credential = new ClientCertificateCredential(
		contoso.id,
		clientId,
		file,
		options,
	);
	const { expiresOnTimestamp } = await credential.getToken(STORAGE);
	console.log(
		`by a file: a token until ${new Date(expiresOnTimestamp).toISOString()}`,
	);

	// A renewal: the new file is moved into the place of the old one, and read with the next request. (Here it holds the
	// same certificate on other lines, as an environment variable would.)
	const oneLine = emulator.appCertificate.pem.replaceAll("\n", "\\n");
	await writeFile(`${file}.new`, oneLine, { mode: 0o600 });
	await rename(`${file}.new`, file);
	await credential.getToken(VAULT);
	console.log("by the file that replaced it: a token, without a restart");

	// What is in the file, instead of its path.
	const certificate = emulator.appCertificate.pem;
	await new ClientCertificateCredential(
		contoso.id,
		clientId,
		{ certificate },
		options,
	).getToken(STORAGE);
	console.log("by a text: a token");

	// What is wrong with a certificate is said before anything is sent.
	const key = certificate.slice(
		0,
		certificate.indexOf("-----BEGIN CERTIFICATE"),
	);
	const broken = new ClientCertificateCredential(
		contoso.id,
		clientId,
		{ certificate: key },
		options,
	);
	await assert.rejects(broken.getToken(STORAGE), (error) => {
		assert.equal(error.errorResponse.suberror, "no_certificate");
		console.log(`by a key alone:\n  ${error.message}`);
		return true;
	});
} finally {
	await emulator.close();
	rmSync(folder, { recursive: true, force: true });
}
