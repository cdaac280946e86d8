import assert from "node:assert/strict";
import { describe, test } from "vitest";
import { AuthenticationError } from "../../src/errors.ts";
import { failureOf, GRANTED, ScriptedService } from "./scripted-service.ts";
import {
	ask,
	clientOf,
	HOST,
	INSTANCE,
	METADATA,
	urls,
} from "./unknown-host.ts";

describe("Microsoft's word on a host", () => {
	test("that it does not know it ends the request before any secret is sent", async () => {
		const service = new ScriptedService({
			status: 400,
			body: {
				error: "invalid_instance",
				error_description: "AADSTS50049: Unknown or invalid instance.",
				error_codes: [50049],
			},
		});
		const failure = await failureOf(ask(clientOf(service)));
		assert.ok(failure instanceof AuthenticationError);
		assert.equal(failure.errorResponse.error, "invalid_instance");
		assert.match(
			failure.message,
			/check authorityHost, or set disableInstanceDiscovery/,
		);
		assert.equal(service.seen.length, 1);
	});

	test("on something else is no word against it", async () => {
		const service = new ScriptedService(
			{ status: 400, body: { error: "invalid_tenant" } },
			{ body: METADATA },
			{ body: GRANTED },
		);
		await ask(clientOf(service));
		assert.equal(service.seen.length, 3);
	});

	for (const [what, scripted] of [
		[
			"cannot be had",
			{ error: Object.assign(new Error("no"), { code: "ENOTFOUND" }) },
		],
		["is an outage", { status: 503 }],
		["is a page", { status: 200, body: "<html>" }],
		["is a page that refuses", { status: 403, body: "<html>" }],
	] as const) {
		test(`that ${what} ends the request before any secret is sent`, async () => {
			const service = new ScriptedService(scripted);
			const failure = await failureOf(
				ask(clientOf(service, { retryOptions: { maxRetries: 0 } })),
			);
			assert.ok(failure instanceof AuthenticationError);
			assert.equal(service.seen.length, 1);
		});
	}

	test("names other hosts that may issue tokens for it", async () => {
		const names = {
			preferred_network: HOST,
			preferred_cache: HOST,
			aliases: [HOST, "sts.contoso.test"],
		};
		const metadata = {
			...METADATA,
			issuer: "https://sts.contoso.test/x",
			token_endpoint: "https://sts.contoso.test/token",
		};
		const service = new ScriptedService(
			{ body: { ...INSTANCE, metadata: [7, { aliases: ["other"] }, names] } },
			{ body: metadata },
			{ body: GRANTED },
		);
		await ask(clientOf(service));
		assert.equal(urls(service)[2], "https://sts.contoso.test/token");
	});
});
