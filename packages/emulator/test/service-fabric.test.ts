import assert from "node:assert/strict";
import { request } from "node:https";
import type { TLSSocket } from "node:tls";
import { IDENTITY_HEADER } from "@azidentity/emulator";
import { describe, test } from "vitest";
import { startedEmulator } from "./authority-client.ts";
import { query, VAULT } from "./managed-identity-endpoints.ts";

/** One request over TLS that trusts whom it meets, as a client does that looks at the certificate itself. */
function ask(url: string) {
	return new Promise<{ status: number; body: string; shown: string }>(
		(resolve, reject) => {
			const headers = { secret: IDENTITY_HEADER };
			const asking = request(url, { rejectUnauthorized: false, headers });
			asking.on("error", reject);
			asking.on("response", async (response) => {
				const { fingerprint } = (
					response.socket as TLSSocket
				).getPeerCertificate();
				let body = "";
				for await (const part of response.setEncoding("utf8")) body += part;
				resolve({
					status: response.statusCode ?? 0,
					body,
					shown: fingerprint.replaceAll(":", ""),
				});
			});
			asking.end();
		},
	);
}

describe("Service Fabric behind its TLS", () => {
	test("shows the certificate that it announced, which nobody vouches for, and gives tokens", async () => {
		const { serviceFabric, ...emulator } = await startedEmulator();
		const where = `${serviceFabric.url}${query({ "api-version": "2019-07-01-preview", resource: VAULT, token_sha256_to_refresh: "abc" })}`;
		const { status, body, shown } = await ask(where);
		assert.equal(status, 200);
		assert.ok(JSON.parse(body).access_token);
		assert.equal(shown, serviceFabric.thumbprint);
		assert.match(serviceFabric.thumbprint, /^[0-9A-F]{40}$/);
		await assert.rejects(fetch(where));
		const [entry] = await emulator.requests();
		assert.equal(entry?.path, "/service-fabric/token");
		assert.equal(entry?.refusedTokenHash, "abc");
	});

	test("has another certificate at each start", async () => {
		const [one, other] = [await startedEmulator(), await startedEmulator()];
		assert.notEqual(
			one.serviceFabric.thumbprint,
			other.serviceFabric.thumbprint,
		);
	});
});
