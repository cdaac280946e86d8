import assert from "node:assert/strict";
import { constants, verify, X509Certificate } from "node:crypto";
import { manualClock } from "@azidentity/testkit";
import { afterEach, describe, test, vi } from "vitest";
import { ClientCertificateCredential } from "../../src/credentials/client-certificate-credential.ts";
import { certificateProof } from "../../src/entra/certificate-proof.ts";
import { issued } from "../certificates/issued.ts";
import { GRANTED, ScriptedService } from "./scripted-service.ts";

const app = issued({ name: "Daemon" });
const clock = manualClock();

/** What the proof adds to a form: the assertion in its parts, and whether the certificate's key signed it. */
async function proven(isAdfs: boolean) {
	const proof = certificateProof(
		"TestCredential",
		{ certificate: app.pem },
		{ sendCertificateChain: true, now: clock.now },
	);
	const form = await proof({
		tokenEndpoint: "https://adfs.contoso.test/adfs/oauth2/token",
		clientId: "the-client",
		isAdfs,
		abortSignal: new AbortController().signal,
	});
	const [header = "", claims = "", signature = ""] = (
		form.client_assertion ?? ""
	).split(".");
	const decoded = (part: string) =>
		JSON.parse(Buffer.from(part, "base64url").toString());
	const isSignedBy = (padding: object) =>
		verify(
			"sha256",
			Buffer.from(`${header}.${claims}`),
			{ key: new X509Certificate(app.certificate).publicKey, ...padding },
			Buffer.from(signature, "base64url"),
		);
	return {
		type: form.client_assertion_type,
		header: decoded(header),
		claims: decoded(claims),
		isSignedBy,
	};
}

const x5c = [app.certificate.replaceAll(/-----.*-----|\s/g, "")];
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
const PKCS1 = { padding: constants.RSA_PKCS1_PADDING };

describe("An assertion is signed", () => {
	test("for Entra by PS256, and names the certificate by its SHA-256 thumbprint", async () => {
		const { header, isSignedBy, type } = await proven(false);
		assert.equal(
			type,
			"urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
		);
		assert.deepEqual(header, {
			alg: "PS256",
			typ: "JWT",
			"x5t#S256": app.thumbprint("sha256"),
			x5c,
		});
		assert.equal(isSignedBy(PSS), true);
	});

	test("for ADFS by RS256, and names the certificate by its SHA-1 thumbprint", async () => {
		const { claims, header, isSignedBy } = await proven(true);
		assert.deepEqual(header, {
			alg: "RS256",
			typ: "JWT",
			x5t: app.thumbprint("sha1"),
			x5c,
		});
		assert.equal(claims.aud, "https://adfs.contoso.test/adfs/oauth2/token");
		assert.equal(isSignedBy(PKCS1), true);
	});

	test("with the time of the clock that it was given", async () => {
		const { claims } = await proven(false);
		assert.equal(claims.iat, Math.floor(clock.now() / 1_000));
	});
});

describe("An assertion is for exactly the endpoint that is asked", () => {
	afterEach(() => vi.unstubAllEnvs());

	test.each([
		["", "https://login.microsoftonline.com"],
		["westus2", "https://westus2.login.microsoft.com"],
	])("in the region '%s'", async (region, host) => {
		vi.stubEnv("AZURE_REGIONAL_AUTHORITY_NAME", region);
		const service = new ScriptedService({ body: GRANTED });
		const credential = new ClientCertificateCredential(
			"contoso.test",
			"the-client",
			{ certificate: app.pem },
			service.options(),
		);
		await credential.getToken("https://vault.azure.net/.default");
		const [{ form, url } = assert.fail()] = service.seen;
		assert.equal(url, `${host}/contoso.test/oauth2/v2.0/token`);
		const [, claims = ""] = (form.client_assertion ?? "").split(".");
		const { aud } = JSON.parse(Buffer.from(claims, "base64url").toString());
		assert.equal(aud, url);
	});
});
