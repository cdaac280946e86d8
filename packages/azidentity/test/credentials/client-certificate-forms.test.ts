import assert from "node:assert/strict";
import type { ClientCertificateConfiguration } from "azidentity";
import { beforeAll, describe, test } from "vitest";
import { issued, keyAs, pkcs12 } from "../certificates/issued.ts";
import { scratchFolder } from "../certificates/scratch-folder.ts";
import { certifiedDaemon } from "./certified-daemon.ts";
import { claimsOf, emulatedEntra, VAULT } from "./emulated-entra.ts";

const entra = emulatedEntra();
const { daemon, register, sent } = certifiedDaemon(entra);
const scratch = scratchFolder();

const root = issued({ name: "Root" });
const middle = issued({ name: "Middle", issuer: root });
const leaf = issued({ name: "Daemon", issuer: middle });
const stranger = issued({ name: "Stranger" });
const renewed = issued({
	name: "Daemon",
	issuer: middle,
	key: leaf.key,
	to: 90,
});
const later = issued({ name: "Daemon", key: leaf.key, from: 2, to: 90 });
const namesake = issued({ name: "Middle" });
const secondRoot = issued({ name: "Root", key: root.key, to: 90 });
const outdated = issued({ name: "Daemon", key: leaf.key, from: -9, to: -2 });
const PASSWORD = "correct horse é€";

beforeAll(() => register(leaf));

/** The certificate is registered by its thumbprint, so a token means: right key, right certificate. */
async function assertSignsIn(configuration: ClientCertificateConfiguration) {
	const { token } = await daemon(configuration).getToken(VAULT);
	assert.equal(claimsOf(token).appidacr, "2");
}

const bags = (pem: string) =>
	`Bag Attributes\r\n    friendlyName: C:\\new\\daemon\r\n\r\n${pem}subject=CN=Daemon\r\n`;

describe("The daemon signs in by PEM, in any form that a tool makes or an environment leaves of it", () => {
	const forms: [string, () => string][] = [
		["key before certificate", () => leaf.key + leaf.certificate],
		["certificate before key", () => leaf.certificate + leaf.key],
		["a key of PKCS#1", () => keyAs(leaf.key, "pkcs1") + leaf.certificate],
		["lines ended by CRLF", () => leaf.pem.replaceAll("\n", "\r\n")],
		["text between the blocks", () => bags(leaf.key) + bags(leaf.certificate)],
		["line breaks written as \\n", () => leaf.pem.replaceAll("\n", "\\n")],
		[
			"line breaks written as \\r\\n",
			() => leaf.pem.replaceAll("\n", "\\r\\n"),
		],
		["line breaks turned to spaces", () => leaf.pem.replaceAll("\n", " ")],
		["no line breaks at all", () => leaf.pem.replaceAll("\n", "")],
		["an indentation", () => leaf.pem.replaceAll(/^/gm, "    ")],
		["no line break at the end", () => leaf.pem.trimEnd()],
		["a mark of its byte order", () => `\uFEFF${leaf.pem}`],
		[
			"its issuers first",
			() => root.certificate + middle.certificate + leaf.pem,
		],
		["certificates of others", () => stranger.certificate + leaf.pem],
		["one of a key that is not RSA", () => entra.emulator.ca + leaf.pem],
		["the same key twice", () => leaf.key + leaf.pem],
		[
			"a certificate of the key whose time has not come",
			() => later.certificate + leaf.pem,
		],
		[
			"an outdated certificate of the key",
			() => outdated.certificate + leaf.pem,
		],
	];
	test.each(forms)("%s", async (_, pem) => {
		await assertSignsIn({ certificate: pem() });
		await assertSignsIn(scratch.file(pem()));
	});

	test("bytes", () => assertSignsIn({ certificate: Buffer.from(leaf.pem) }));

	test("a file in the UTF-16 of Windows", () =>
		assertSignsIn(scratch.file(Buffer.from(`\uFEFF${leaf.pem}`, "utf16le"))));

	test("an encrypted key of PKCS#8", async () => {
		const pem = keyAs(leaf.key, "pkcs8", PASSWORD) + leaf.certificate;
		await assertSignsIn({ certificate: pem, certificatePassword: PASSWORD });
		await assertSignsIn({
			certificatePath: scratch.file(pem),
			certificatePassword: PASSWORD,
		});
	});

	test("an encrypted key as old tools write it, on one line too", async () => {
		const pem = keyAs(leaf.key, "pkcs1", PASSWORD) + leaf.certificate;
		assert.match(pem, /Proc-Type: 4,ENCRYPTED/);
		for (const certificate of [pem, pem.replaceAll("\n", "\\n")])
			await assertSignsIn({ certificate, certificatePassword: PASSWORD });
	});

	test("a key that needs no password, with a password", () =>
		assertSignsIn({ certificate: leaf.pem, certificatePassword: PASSWORD }));
});

describe("The daemon signs in by PKCS#12", () => {
	test.each(["aes256", "3des"] as const)(
		"made by other code, with %s",
		async (algorithm) => {
			const certificate = pkcs12(leaf, "secret", algorithm);
			const certificatePassword = "secret";
			await assertSignsIn({ certificate, certificatePassword });
			await assertSignsIn({
				certificatePath: scratch.file(certificate),
				certificatePassword,
			});
		},
	);

	test("in base64, as Azure Key Vault hands it out", async () => {
		const certificate = pkcs12(leaf, "").toString("base64");
		await assertSignsIn({ certificate });
		const lines = certificate.replaceAll(/.{76}/g, "$&\r\n");
		await assertSignsIn({ certificate: lines });
		await assertSignsIn(scratch.file(lines));
	});

	test("with a line break that a copy appended", () =>
		assertSignsIn({
			certificate: Buffer.concat([pkcs12(leaf, "x"), Buffer.from("\n")]),
			certificatePassword: "x",
		}));
});

describe("The assertion names the certificate of the key, and with sendCertificateChain its issuers", () => {
	const raw = ({ certificate }: { certificate: string }) =>
		certificate.replaceAll(/-----.*-----|\s/g, "");
	const chain = [leaf, middle, root].map(raw);
	const orders: [string, string[]][] = [
		["in order", [leaf.pem, middle.certificate, root.certificate]],
		[
			"with another one of the same name",
			[leaf.pem, namesake.certificate, middle.certificate, root.certificate],
		],
		[
			"with two roots of the same key",
			[leaf.pem, middle.certificate, root.certificate, secondRoot.certificate],
		],
		["reversed", [root.certificate, middle.certificate, leaf.pem]],
		[
			"mixed with others",
			[stranger.certificate, root.certificate, leaf.pem, middle.certificate],
		],
		[
			"repeated",
			[
				leaf.pem,
				leaf.certificate,
				middle.certificate,
				middle.certificate,
				root.certificate,
			],
		],
	];
	test.each(orders)("ordered from subject to issuer: %s", async (_, parts) => {
		const credential = daemon(
			{ certificate: parts.join("") },
			{ sendCertificateChain: true },
		);
		await credential.getToken(VAULT);
		assert.deepEqual(sent[0]?.header.x5c, chain);
	});

	test("as far as they are there", async () => {
		const credential = daemon(
			{ certificate: root.certificate + leaf.pem },
			{ sendCertificateChain: true },
		);
		await credential.getToken(VAULT);
		assert.deepEqual(sent[0]?.header.x5c, [raw(leaf)]);
	});

	test("and without it, no certificate", async () => {
		await daemon({ certificate: leaf.pem + root.certificate }).getToken(VAULT);
		assert.equal(sent[0]?.header.x5c, undefined);
	});

	test("after a renewal with the same key: of two that are current, the one that lasts longer", async () => {
		await register(renewed);
		for (const pem of [
			leaf.pem + renewed.certificate,
			renewed.pem + leaf.certificate,
		])
			await assertSignsIn({ certificate: pem });
		await register(leaf);
	});
});
