import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import {
	createPrivateKey,
	createPublicKey,
	createSign,
	generateKeyPairSync,
	X509Certificate,
} from "node:crypto";
import {
	chmodSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	truncateSync,
	unlinkSync,
	writeFileSync,
} from "node:fs";
import { createServer, request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, test } from "vitest";
import { loadCertificates } from "../src/certificates/certificates.ts";
import { issueCertificate } from "../src/certificates/issue-certificate.ts";

const DAY_MS = 24 * 60 * 60_000;

let scratch = "";
let count = 0;
beforeAll(() => {
	scratch = mkdtempSync(path.join(tmpdir(), "azidentity-certificates-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const freshDirectory = () => path.join(scratch, `${++count}`);

describe("what is made", () => {
	test("OpenSSL's strict rules accept the server's certificate under the authority", (context) => {
		if (!has("openssl")) return context.skip("install openssl to run this");
		const made = loadCertificates(freshDirectory());
		execFileSync("openssl", [
			...["verify", "-x509_strict", "-purpose", "sslserver"],
			...["-CAfile", made.caFile, made.certFile],
		]);
	});

	test.each([
		"localhost",
		"login.microsoftonline.com",
		"westeurope.login.microsoft.com",
		"management.azure.com",
		"contoso.blob.core.windows.net",
		"contoso.vault.azure.net",
	])(
		"a TLS client that trusts the authority accepts the server as %s",
		async (servername) => {
			const made = loadCertificates(freshDirectory());
			const server = createServer(made, (_, response) => response.end("here"));
			await new Promise<void>((listening) =>
				server.listen(0, "127.0.0.1", listening),
			);
			const { port } = server.address() as AddressInfo;
			try {
				const get = (ca: string | undefined) =>
					new Promise<number | undefined>((resolve, reject) => {
						const options = { port, servername, ca, agent: false } as const;
						httpsRequest({ host: "127.0.0.1", ...options }, (response) => {
							response.resume();
							resolve(response.statusCode);
						})
							.on("error", reject)
							.end();
					});
				assert.equal(await get(made.ca), 200);
				await assert.rejects(get(undefined), /issuer|self-signed/);
			} finally {
				server.close();
				server.closeAllConnections();
			}
		},
	);

	test("both loopback addresses are named, and a stranger's host is not", () => {
		const leaf = new X509Certificate(loadCertificates(freshDirectory()).cert);
		assert.equal(leaf.checkIP("127.0.0.1"), "127.0.0.1");
		assert.ok(leaf.checkIP("::1"));
		assert.equal(leaf.checkHost("example.com"), undefined);
	});

	test("the app certificate is what its thumbprints and its public key say, and its private key signs for it", () => {
		const { appCertificate } = loadCertificates(freshDirectory());
		const certificate = new X509Certificate(
			appCertificate.pem.slice(appCertificate.pem.indexOf("-----BEGIN CERT")),
		);
		const hex = (base64url: string) =>
			Buffer.from(base64url, "base64url").toString("hex").toUpperCase();
		const plain = (fingerprint: string) => fingerprint.replaceAll(":", "");
		assert.equal(hex(appCertificate.x5t), plain(certificate.fingerprint));
		assert.equal(hex(appCertificate.x5t256), plain(certificate.fingerprint256));
		const key = createPublicKey({ key: appCertificate.jwk, format: "jwk" });
		assert.ok(
			certificate.checkPrivateKey(createPrivateKey(appCertificate.pem)),
		);
		assert.ok(certificate.verify(key));
	});

	test("the signing key signs, and has the id, use and algorithm that the key set publishes", () => {
		const { signingKey } = loadCertificates(freshDirectory());
		assert.equal(signingKey.use, "sig");
		assert.equal(signingKey.alg, "RS256");
		assert.match(signingKey.kid, /^[\w-]{27}$/);
		const key = createPrivateKey({ key: signingKey, format: "jwk" });
		assert.equal(key.asymmetricKeyDetails?.modulusLength, 2048);
		assert.ok(createSign("sha256").update("text").sign(key).length > 0);
	});
});

describe("what is kept", () => {
	test("a second start finds the certificates of the first", () => {
		const directory = freshDirectory();
		assert.deepEqual(loadCertificates(directory), loadCertificates(directory));
	});

	test("only the owner can read anything private, whatever the umask", () => {
		const directory = freshDirectory();
		const before = process.umask(0);
		try {
			loadCertificates(directory);
		} finally {
			process.umask(before);
		}
		assert.equal(statSync(directory).mode & 0o777, 0o700);
		for (const name of readdirSync(directory)) {
			const text = readFileSync(path.join(directory, name), "utf8");
			const isPrivate = /PRIVATE KEY|"d":/.test(text);
			const mode = statSync(path.join(directory, name)).mode & 0o777;
			assert.equal(mode & 0o077, isPrivate ? 0 : 0o044, name);
		}
	});

	test("the authority's own key is nowhere to be found", () => {
		const directory = freshDirectory();
		const authority = new X509Certificate(loadCertificates(directory).ca);
		for (const name of readdirSync(directory)) {
			const text = readFileSync(path.join(directory, name), "utf8");
			const keys = text
				.replaceAll("\\n", "\n")
				.match(/-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/g);
			for (const key of keys ?? [])
				assert.ok(!authority.checkPrivateKey(createPrivateKey(key)), name);
		}
	});

	test("certificates that end within a week are remade, and the old ones are removed", () => {
		const directory = freshDirectory();
		const first = loadCertificates(directory);
		const expiry = Date.parse(new X509Certificate(first.ca).validTo);
		const kept = loadCertificates(directory, () => expiry - 8 * DAY_MS);
		assert.equal(kept.ca, first.ca);
		const remade = loadCertificates(directory, () => expiry - 6 * DAY_MS);
		assert.notEqual(remade.ca, first.ca);
		assert.equal(readFileSync(remade.caFile, "utf8"), remade.ca);
		assert.equal(readdirSync(directory).length, 5);
	});

	test("a certificate for fewer names than clients use now is replaced by a new one", () => {
		const directory = freshDirectory();
		const first = loadCertificates(directory);
		const file = path.join(directory, "certificates-1.json");
		const cert = issueCertificate({
			name: "localhost",
			keys: generateKeyPairSync("ec", { namedCurve: "P-256" }),
			notBefore: new Date(),
			notAfter: new Date(Date.now() + 100 * DAY_MS),
			role: "server",
			hosts: ["localhost", "127.0.0.1"],
		});
		const kept = JSON.parse(readFileSync(file, "utf8"));
		writeFileSync(file, JSON.stringify({ ...kept, cert }));
		const second = loadCertificates(directory);
		assert.notEqual(second.ca, first.ca);
		assert.equal(loadCertificates(directory).ca, second.ca);
	});

	test("a half-written document is replaced by a new one", () => {
		const directory = freshDirectory();
		const first = loadCertificates(directory);
		truncateSync(path.join(directory, "certificates-1.json"), 1000);
		const second = loadCertificates(directory);
		assert.notEqual(second.ca, first.ca);
		assert.equal(loadCertificates(directory).ca, second.ca);
	});

	test("a PEM file that is damaged or missing is put back, without new certificates", () => {
		const directory = freshDirectory();
		const first = loadCertificates(directory);
		writeFileSync(first.caFile, "not a certificate");
		chmodSync(first.keyFile, 0o600);
		truncateSync(first.keyFile, 10);
		unlinkSync(first.appCertificate.file);
		assert.deepEqual(loadCertificates(directory), first);
		assert.equal(readFileSync(first.caFile, "utf8"), first.ca);
		assert.equal(readFileSync(first.keyFile, "utf8"), first.key);
		assert.equal(
			readFileSync(first.appCertificate.file, "utf8"),
			first.appCertificate.pem,
		);
	});

	test("processes that start at once get the same certificates", async () => {
		const script = path.join(scratch, "load.mjs");
		await build({
			stdin: {
				contents: `import { loadCertificates } from "./src/certificates/certificates.ts";
					const made = loadCertificates(process.argv[2]);
					console.log(JSON.stringify(made));`,
				resolveDir: path.dirname(import.meta.dirname),
			},
			...{ bundle: true, platform: "node", format: "esm", outfile: script },
		});
		const directory = freshDirectory();
		const run = promisify(execFile);
		const answers = await Promise.all(
			Array.from({ length: 5 }, () =>
				run(process.execPath, [script, directory]),
			),
		);
		assert.equal(new Set(answers.map(({ stdout }) => stdout)).size, 1);
		const here = JSON.stringify(loadCertificates(directory));
		assert.equal(answers[0]?.stdout.trim(), here);
		assert.equal(readdirSync(directory).length, 5);
	});
});

function has(tool: string): boolean {
	try {
		execFileSync(tool, ["version"], { stdio: "ignore" });
		return true;
	} catch {
		return false;
	}
}
