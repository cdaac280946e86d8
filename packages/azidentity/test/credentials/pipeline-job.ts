import {
	AzurePipelinesCredential,
	type AzurePipelinesCredentialOptions,
} from "azidentity";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";
import type { emulatedEntra } from "./emulated-entra.ts";
import { CONNECTION, oidcEndpoint, SYSTEM_TOKEN } from "./oidc-endpoint.ts";

/** A job of Azure Pipelines, and an application that trusts its service connection. As new for each test. */
export function pipelineJob(entra: ReturnType<typeof emulatedEntra>) {
	let endpoint: Awaited<ReturnType<typeof oidcEndpoint>>;
	beforeAll(async () => {
		endpoint = await oidcEndpoint(entra.emulator);
	});
	beforeEach(async () => {
		for (const list of [endpoint.asked, endpoint.issued, endpoint.next])
			list.length = 0;
		vi.stubEnv("SYSTEM_OIDCREQUESTURI", endpoint.requestUri);
		await entra.emulator.updateApp(entra.emulator.apps.daemon.clientId, {
			federatedCredentials: [endpoint.federatedCredential],
		});
	});
	afterEach(() => {
		vi.unstubAllEnvs();
	});
	afterAll(() => endpoint.close());

	return {
		/** The endpoint's address, what was asked of it, and the tokens it gave. */
		get endpoint() {
			return endpoint;
		},
		/** Has the endpoint answer the next request with this. */
		answers(
			status: number,
			body: string | object,
			headers: Record<string, string> = {},
		) {
			const text = typeof body === "string" ? body : JSON.stringify(body);
			endpoint.next.push((response) => {
				response.writeHead(status, headers).end(text);
			});
		},
		/** Has it cut the next connection. */
		cuts: () => endpoint.next.push((response) => response.destroy()),
		/** Has it leave the next request without an answer. */
		hangs: () => endpoint.next.push(() => {}),
		credential: (
			options: AzurePipelinesCredentialOptions = {},
			systemToken: string = SYSTEM_TOKEN,
			connection: string = CONNECTION,
		) =>
			new AzurePipelinesCredential(
				entra.emulator.tenants.contoso.id,
				entra.emulator.apps.daemon.clientId,
				connection,
				systemToken,
				{ ...entra.options, ...options },
			),
	};
}
