import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { issued } from "../certificates/issued.ts";
import { describeWithOpenssl, openssl } from "../certificates/openssl.ts";
import { scratchFolder } from "../certificates/scratch-folder.ts";
import { certifiedDaemon } from "./certified-daemon.ts";
import { emulatedEntra, VAULT } from "./emulated-entra.ts";

const entra = emulatedEntra();
const { daemon, register, sent } = certifiedDaemon(entra);
const scratch = scratchFolder();

const root = issued({ name: "Root" });
const leaf = issued({ name: "Daemon", issuer: root });
scratch.file(leaf.key, "key.pem");
scratch.file(leaf.certificate, "leaf.pem");
scratch.file(root.certificate, "root.pem");
const IN = ["-inkey", "key.pem", "-in", "leaf.pem"];

beforeAll(() => register(leaf));

/** A PKCS#12 file as OpenSSL writes it. */
function exported(password: string, ...options: string[]): string {
	const args = ["pkcs12", "-export", ...IN, "-out", "made.p12"];
	openssl(scratch.path, ...args, "-passout", `pass:${password}`, ...options);
	return path.join(scratch.path, "made.p12");
}

describeWithOpenssl("The daemon signs in by the PKCS#12 of OpenSSL", () => {
	const forms: [string, string[]][] = [
		["as it is by default (AES-256, SHA-256)", []],
		["-legacy (40-bit RC2, 3DES, SHA-1)", ["-legacy"]],
		["with its certificates in the open", ["-certpbe", "NONE"]],
		["with its key in the open", ["-keypbe", "NONE"]],
		["of AES-128", ["-certpbe", "AES-128-CBC", "-keypbe", "AES-128-CBC"]],
		["of AES-192", ["-certpbe", "AES-192-CBC", "-keypbe", "AES-192-CBC"]],
		["of 3DES", ["-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES"]],
		[
			"of 3DES in PBES2",
			["-certpbe", "DES-EDE3-CBC", "-keypbe", "DES-EDE3-CBC"],
		],
		["sealed with SHA-1", ["-macalg", "sha1"]],
		["sealed with SHA-384", ["-macalg", "sha384"]],
		["sealed with SHA-512", ["-macalg", "sha512"]],
		["not sealed at all", ["-nomac"]],
		["of many rounds", ["-iter", "20000"]],
		["of one round", ["-iter", "1", "-nomaciter"]],
		["with a name", ["-name", "Daemon é", "-caname", "Root"]],
	];
	const passwords = ["secret", "", "pässwörd €", "x".repeat(100)];
	test.each(forms)("%s, whatever the password", async (_, options) => {
		for (const password of passwords) {
			const certificatePath = exported(password, ...options);
			const given = password && { certificatePassword: password };
			const credential = daemon({ certificatePath, ...given });
			await credential.getToken(VAULT);
		}
		expect(sent.length).toBe(passwords.length);
	});

	test("with a certificate that is signed by RSA-PSS, byte for byte", async () => {
		const pss = ["rsa_padding_mode:pss", "rsa_pss_saltlen:20"];
		const options = pss.flatMap((option) => ["-sigopt", option]);
		const req = ["req", "-x509", "-key", "key.pem", "-subj", "/CN=Daemon"];
		openssl(scratch.path, ...req, ...options, "-out", "pss.pem");
		const certificate = readFileSync(
			path.join(scratch.path, "pss.pem"),
			"utf8",
		);
		await register({ ...leaf, certificate });
		const certificatePath = exported("secret", "-in", "pss.pem");
		const credential = daemon({
			certificatePath,
			certificatePassword: "secret",
		});
		await credential.getToken(VAULT);
		await register(leaf);
	});

	test("as bytes", async () => {
		const certificate = readFileSync(exported("secret"));
		const certificatePassword = "secret";
		await daemon({ certificate, certificatePassword }).getToken(VAULT);
	});

	test.each(["", "-legacy"])(
		"and sends the chain that is in it %s",
		async (legacy) => {
			const options = ["-certfile", "root.pem", ...(legacy ? [legacy] : [])];
			const certificatePath = exported("secret", ...options);
			const credential = daemon(
				{ certificatePath, certificatePassword: "secret" },
				{ sendCertificateChain: true },
			);
			await credential.getToken(VAULT);
			expect(sent[0]?.header.x5c).toHaveLength(2);
		},
	);
});

describeWithOpenssl(
	"The daemon signs in by keys that OpenSSL encrypted",
	() => {
		const ways: [string, string[]][] = [
			["with AES-256", ["-v2", "aes-256-cbc"]],
			[
				"with AES-128 and SHA-512",
				["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512"],
			],
			["with scrypt", ["-scrypt"]],
			["with 3DES as of old", ["-v1", "PBE-SHA1-3DES"]],
		];
		test.each(ways)("%s", async (_, options) => {
			const args = ["pkcs8", "-topk8", "-in", "key.pem", "-out", "made.pem"];
			openssl(scratch.path, ...args, "-passout", "pass:secret", ...options);
			const key = readFileSync(path.join(scratch.path, "made.pem"), "utf8");
			const certificate = key + leaf.certificate;
			const certificatePassword = "secret";
			await daemon({ certificate, certificatePassword }).getToken(VAULT);
		});
	},
);
