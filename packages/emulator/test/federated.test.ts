import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Emulator } from "@azidentity/emulator";
import { SignJWT } from "jose";
import { beforeAll, describe, test } from "vitest";
import { assertionForm } from "./app-assertion.ts";
import { type Answer, askToken, startedEmulator } from "./authority-client.ts";
import { rsaKeyPair } from "./rsa-key-pair.ts";

let emulator: Emulator;
beforeAll(async () => {
	emulator = await startedEmulator();
});

function assertRefused({ status, json }: Answer, code: number) {
	assert.equal(status, 401);
	assert.equal(json.error, "invalid_client");
	assert.deepEqual(json.error_codes, [code]);
}

describe("a federated credential", () => {
	const issuer = "https://issuer.example";
	const subject = "repo:us/ours";
	const audience = "api://AzureADTokenExchange";
	let assertionOf: (
		claims?: Record<string, string>,
		expiresIn?: string,
	) => Promise<string>;
	beforeAll(async () => {
		const { publicJwk, privateKey } = rsaKeyPair();
		await emulator.updateApp(emulator.apps.daemon.clientId, {
			federatedCredentials: [{ issuer, subject, jwks: { keys: [publicJwk] } }],
		});
		assertionOf = (claims, expiresIn = "5m") =>
			new SignJWT({ iss: issuer, sub: subject, aud: audience, ...claims })
				.setProtectedHeader({ alg: "RS256" })
				.setExpirationTime(expiresIn)
				.sign(privateKey);
	});
	const present = (assertion: string) =>
		askToken(
			emulator,
			emulator.tenants.contoso.id,
			assertionForm(emulator, assertion),
		);

	test("lets its issuer's workload in", async () => {
		const { status, text } = await present(await assertionOf());

		assert.equal(status, 200, text);
	});

	test.each([
		["issuer", { iss: "https://other.example" }, 700211],
		["audience", { aud: "api://other" }, 700212],
		["subject", { sub: "repo:them/theirs" }, 700213],
	])("refuses another %s", async (_name, claims, code) => {
		const answer = await present(await assertionOf(claims));

		assertRefused(answer, code);
	});

	test("refuses an assertion past its time", async () => {
		const answer = await present(await assertionOf({}, "-1m"));

		assertRefused(answer, 700024);
	});

	test("refuses an assertion that another key signed", async () => {
		const { privateKey } = rsaKeyPair();
		const forged = await new SignJWT({
			iss: issuer,
			sub: subject,
			aud: audience,
		})
			.setProtectedHeader({ alg: "RS256" })
			.setExpirationTime("5m")
			.sign(privateKey);

		assertRefused(await present(forged), 700027);
	});

	test("finds the keys of an issuer that publishes them", async () => {
		const { publicJwk, privateKey } = rsaKeyPair();
		const keys = [publicJwk];
		const server = createServer((request, response) => {
			const isKeys = request.url === "/keys";
			response.end(
				JSON.stringify(isKeys ? { keys } : { jwks_uri: `${local}/keys` }),
			);
		});
		await new Promise<void>((up) => server.listen(0, "127.0.0.1", up));
		const { port } = server.address() as AddressInfo;
		const local = `http://127.0.0.1:${port}`;
		await emulator.updateApp(emulator.apps.daemon.clientId, {
			federatedCredentials: [{ issuer: local, subject }],
		});

		const answer = await present(
			await new SignJWT({ iss: local, sub: subject, aud: audience })
				.setProtectedHeader({ alg: "RS256" })
				.setExpirationTime("5m")
				.sign(privateKey),
		);
		server.close();

		assert.equal(answer.status, 200, answer.text);
	});
});
