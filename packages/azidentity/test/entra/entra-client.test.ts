import assert from "node:assert/strict";
import { inspect } from "node:util";
import { describe, test } from "vitest";
import { secretProof } from "../../src/entra/client-proof.ts";
import { entraClient } from "../../src/entra/entra-client.ts";
import { CLIENT_ID, SECRET } from "./scripted-service.ts";

describe("a client", () => {
	test("shows nothing secret when it, its proof or its options are inspected", () => {
		const proof = secretProof(SECRET);
		const client = entraClient("C", CLIENT_ID, {});
		const shown = inspect([proof, client], { depth: 20, showHidden: true });
		assert.equal(shown.includes("planted"), false);
	});

	test("names the cloud as caches do, whatever alias it was given", () => {
		const environmentOf = (
			authorityHost: string,
			disableInstanceDiscovery = false,
		) =>
			entraClient("C", CLIENT_ID, { authorityHost, disableInstanceDiscovery })
				.environment;
		assert.equal(
			environmentOf("https://login.microsoftonline.com/"),
			"login.windows.net",
		);
		assert.equal(
			environmentOf("https://LOGIN.microsoft.com", true),
			"login.windows.net",
		);
		assert.equal(
			environmentOf("https://login.chinacloudapi.cn"),
			"login.partner.microsoftonline.cn",
		);
		assert.equal(environmentOf("https://localhost:8443"), "localhost:8443");
	});
});
