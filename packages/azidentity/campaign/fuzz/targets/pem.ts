import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import forge from "node-forge";
import { parseCertificate } from "../../../src/entra/certificate.ts";
import { CertificateProblem } from "../../../src/entra/certificate-problem.ts";
import { randomFrom } from "../../random.ts";
import type { Target } from "../target.ts";

const PASSWORD = "correct horse planted battery";
const NOW = Date.UTC(2026, 0, 1);

// The same key in every run, so that an input can be made again: it is made of a seed, and opens nothing.
const random = randomFrom(1);
forge.random.getBytesSync = (count) => random.bytes(count).toString("latin1");
const { privateKey, publicKey } = forge.pki.rsa.generateKeyPair({
	bits: 2048,
	prng: forge.random,
});

/** A few rounds: what is tried here is what is read, not how long it takes to guess a password. */
const ROUNDS = 16;

const key = forge.pki.privateKeyToPem(privateKey).replaceAll("\r", "");
const pkcs8 = createPrivateKey(key).export({ type: "pkcs8", format: "pem" });
const certificate = certificateOf("app");
const protectedKey = forge.pki
	.encryptRsaPrivateKey(privateKey, PASSWORD, {
		algorithm: "aes256",
		count: ROUNDS,
	})
	.replaceAll("\r", "");
const pkcs12 = forge.asn1
	.toDer(
		forge.pkcs12.toPkcs12Asn1(
			privateKey,
			[forge.pki.certificateFromPem(certificate)],
			PASSWORD,
			{ algorithm: "3des", count: ROUNDS },
		),
	)
	.getBytes();

export const target: Target = {
	material: {
		seeds: [
			...[
				certificate,
				`${pkcs8}${certificate}`,
				`${certificate}${key}${certificateOf("ca")}`,
			],
			...[certificate.replaceAll("\n", "\\n"), `${protectedKey}${certificate}`],
			...[pkcs12, forge.util.encode64(pkcs12)],
		],
		words: [
			...[
				"-----BEGIN CERTIFICATE-----",
				"-----END CERTIFICATE-----",
				"-----BEGIN ",
			],
			...[
				"-----BEGIN PRIVATE KEY-----\n",
				"-----END PRIVATE KEY-----\n",
				"-----",
				"\\n",
			],
			...[
				"-----BEGIN EC PRIVATE KEY-----",
				"Proc-Type: 4,ENCRYPTED\n",
				"MIIE",
				"==",
			],
			...["\x30\x82", "\x30\x80", "\x02\x01", "\x04\x84\xff\xff\xff\xff"],
		],
	},
	async parse(input, choice) {
		const content = choice < 0.5 ? input : Buffer.from(input, "latin1");
		const password =
			choice * 10 - Math.floor(choice * 10) < 0.8 ? PASSWORD : undefined;
		const { key, chain } = await parseCertificate(content, password, NOW);
		assert.equal(key.asymmetricKeyType, "rsa");
		assert.ok(chain[0].checkPrivateKey(key));
	},
	isKnown: (error) => error instanceof CertificateProblem,
};

function certificateOf(name: string): string {
	const made = forge.pki.createCertificate();
	made.publicKey = publicKey;
	made.serialNumber = "01";
	made.validity.notBefore = new Date(NOW - 1_000);
	made.validity.notAfter = new Date(NOW + 1_000);
	made.setSubject([{ name: "commonName", value: name }]);
	made.setIssuer([{ name: "commonName", value: name }]);
	made.sign(privateKey, forge.md.sha256.create());
	return forge.pki.certificateToPem(made).replaceAll("\r", "");
}
