import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { Emulator } from "@azidentity/emulator";
import { beforeAll, describe, test } from "vitest";
import { assertionForm, signedAssertion } from "./app-assertion.ts";
import { askToken, startedEmulator } from "./authority-client.ts";

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startedEmulator();
});

describe("the chain that an assertion shows", () => {
	const der = (pem: string) =>
		new X509Certificate(pem.slice(pem.indexOf("-----BEGIN CERTIFICATE-----")))
			.raw;
	const present = (assertion: string) =>
		askToken(
			emulator,
			emulator.tenants.contoso.id,
			assertionForm(emulator, assertion),
		);
	const present5c = async (x5c: () => unknown) =>
		present(await signedAssertion(emulator, { header: { x5c: x5c() } }));
	const own = () => der(emulator.appCertificate.pem).toString("base64");

	test("is accepted when it begins with the certificate that signed", async () => {
		const { status, text } = await present5c(() => [own()]);
		assert.equal(status, 200, text);
	});

	test.for<[string, () => unknown]>([
		[
			"that begins with another certificate",
			() => [der(emulator.ca).toString("base64"), own()],
		],
		[
			"in which one did not certify the other",
			() => [own(), der(emulator.ca).toString("base64")],
		],
		["of PEM", () => [emulator.appCertificate.pem]],
		[
			"of base64url",
			() => [der(emulator.appCertificate.pem).toString("base64url")],
		],
		["that is one text", () => own()],
		["that is empty", () => []],
	])("%s is refused", async ([, x5c]) => {
		const { status, json } = await present5c(x5c);
		assert.equal(status, 401);
		assert.deepEqual(json.error_codes, [700027]);
	});
});
