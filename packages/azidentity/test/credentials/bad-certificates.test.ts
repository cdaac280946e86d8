import assert from "node:assert/strict";
import path from "node:path";
import type { ClientCertificateConfiguration } from "azidentity";
import { describe, test } from "vitest";
import {
	ecKey,
	issued,
	keyAs,
	pkcs12,
	rsaKey,
} from "../certificates/issued.ts";
import { scratchFolder } from "../certificates/scratch-folder.ts";
import { certifiedDaemon } from "./certified-daemon.ts";
import { emulatedEntra, VAULT } from "./emulated-entra.ts";
import { invalidCertificates } from "./invalid-certificates.ts";

const entra = emulatedEntra();
const certified = certifiedDaemon(entra);
const { daemon } = certified;
const scratch = scratchFolder();

const app = issued({ name: "Daemon" });
const other = issued({ name: "Other" });
const weak = issued({ name: "Weak", key: rsaKey(1024) });
const sealed = pkcs12(app, "right");
const encrypted = keyAs(app.key, "pkcs8", "right") + app.certificate;

/** Pieces of what was given, and of passwords: none may be in what people get to see. */
const SECRETS = [
	...[app.key, encrypted, weak.key].map((pem) => pem.slice(200, 240)),
	"hunter22",
];

const assertInvalid = invalidCertificates(entra, certified, SECRETS);

const flipped = (bytes: Buffer, at: number) => {
	const copy = Buffer.from(bytes);
	copy[at] = (copy[at] ?? 0) ^ 0xff;
	return copy;
};
const brokenBody = (pem: string) => pem.replace(/(.{64}\n){3}/, "");

describe("What is no usable certificate is a typed error that says what is wrong; nothing is sent", () => {
	const contents: [string, string | Buffer, string, RegExp][] = [
		["blank", " \n", "empty", /is empty/],
		["other text", "hello", "damaged", /neither PEM nor PKCS#12/],
		["base64 of something else", "aGVsbG8=", "damaged", /neither/],
		["a key alone", app.key, "no_certificate", /without its certificate/],
		[
			"a certificate alone",
			app.certificate,
			"no_key",
			/without its private key/,
		],
		[
			"a public matter",
			"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
			"no_key",
			/neither/,
		],
		[
			"key and certificate of two",
			app.key + other.certificate,
			"key_mismatch",
			/belongs to none/,
		],
		[
			"two keys",
			app.pem + other.pem,
			"several_keys",
			/more than one private key/,
		],
		["an EC key", ecKey() + app.certificate, "not_rsa", /not RSA/],
		[
			"an EC key of old tools",
			"-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----",
			"not_rsa",
			/not RSA/,
		],
		["a key of 1024 bits", weak.pem, "weak_key", /1024 bits/],
		[
			"an encrypted key and no password",
			encrypted,
			"password_missing",
			/certificatePassword/,
		],
		["PEM cut off", app.pem.slice(0, 500), "damaged", /cut off/],
		[
			"nothing but the beginnings of blocks, a megabyte of them",
			"-----BEGIN CERTIFICATE-----".repeat(38_000),
			"damaged",
			/cut off/,
		],
		[
			"a line that is a megabyte of blanks, with a sign at its end",
			`-----BEGIN CERTIFICATE-----\n=${" ".repeat(1_000_000)}=\n-----END CERTIFICATE-----`,
			"damaged",
			/cut off/,
		],
		[
			"a broken key",
			brokenBody(app.key) + app.certificate,
			"damaged",
			/private key that cannot be read/,
		],
		[
			"a broken certificate",
			app.key + brokenBody(app.certificate),
			"damaged",
			/certificate that cannot be read/,
		],
		[
			"a key of OpenSSH",
			"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
			"unsupported",
			/openssl pkcs8/,
		],
		[
			"PKCS#12 and no password",
			sealed,
			"password_missing",
			/certificatePassword/,
		],
		[
			"PKCS#12 cut off",
			sealed.subarray(0, 900),
			"damaged",
			/cut off or damaged/,
		],
		["the beginning of PKCS#12", sealed.subarray(0, 3), "damaged", /damaged/],
		[
			"a bare certificate",
			Buffer.from(app.certificate.replaceAll(/-----.*-----|\s/g, ""), "base64"),
			"no_key",
			/without its private key/,
		],
		[
			"something else in ASN.1",
			Buffer.from([0x30, 3, 2, 1, 5]),
			"damaged",
			/damaged/,
		],
		["a gigantic text", "x".repeat(2 ** 20 + 1), "too_large", /1 MiB/],
	];
	test("PKCS#12 or PEM, cut off anywhere", async () => {
		for (let length = 1; length < sealed.length; length += 97) {
			const certificate = sealed.subarray(0, length);
			await assertInvalid({ certificate }, "damaged", /cut off or damaged/);
		}
		const end = app.pem.length - "-----END CERTIFICATE-----\n".length;
		for (const length of [40, 900, app.key.length + 30, end]) {
			const certificate = app.pem.slice(0, length);
			await assertInvalid({ certificate }, "damaged", /cut off/);
		}
	});

	test.each(contents)("given: %s", (_, certificate, suberror, words) =>
		assertInvalid(
			{ certificate } as ClientCertificateConfiguration,
			suberror,
			words,
		),
	);
	test.each(contents)("in a file: %s", async (_, content, suberror, words) => {
		const file = scratch.file(content);
		const named = new RegExp(`${path.basename(file)} .*${words.source}`);
		await assertInvalid(file, suberror, named);
	});

	test.each(["hunter22", "right "])(
		"a wrong password",
		async (certificatePassword) => {
			const wrong = /password that was given/;
			for (const certificate of [
				sealed,
				encrypted,
				keyAs(app.key, "pkcs1", "right") + app.certificate,
			])
				await assertInvalid(
					{
						certificate,
						certificatePassword,
					} as ClientCertificateConfiguration,
					"wrong_password",
					wrong,
				);
		},
	);

	test("PKCS#12 with any one byte damaged", async () => {
		for (let at = 0; at < sealed.length; at += 61) {
			const certificate = flipped(sealed, at);
			const credential = daemon({ certificate, certificatePassword: "right" });
			await assert.rejects(
				credential.getToken(VAULT),
				{
					name: "AuthenticationError",
					statusCode: 0,
				},
				`${at}`,
			);
		}
	});
});
