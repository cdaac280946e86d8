import assert from "node:assert/strict";
import type { TokenCredential } from "@azure/core-auth";
import { CredentialUnavailableError } from "azidentity";
import { describe, test } from "vitest";
import { failureOf } from "../entra/scripted-service.ts";
import { apiBehind, claimsChallenge } from "./api-behind-policy.ts";

/** Gives each tenant's token its name, and none to "forbidden". */
function multiTenant() {
	const asked: (string | undefined)[] = [];
	const credential: TokenCredential = {
		async getToken(_, { claims = "", tenantId } = {}) {
			asked.push(tenantId);
			if (tenantId === "forbidden")
				throw new CredentialUnavailableError("not configured for that tenant");
			return {
				token: `${tenantId}${claims && "+claims"}`,
				expiresOnTimestamp: 4e12,
			};
		},
	};
	return { asked, credential };
}

const named = (tenant: string) =>
	`Bearer authorization_uri=https://login.microsoftonline.com/${tenant}/oauth2/authorize resource_id=https://graph.microsoft.com`;

/** Each host takes the tokens of the tenant it is called after. */
const judge = (authorization: string, url: string) => {
	const tenant = new URL(url).host.split(".")[0] ?? "";
	return authorization === `Bearer ${tenant}` ? undefined : named(tenant);
};
const at = (tenant: string) => ({ url: `https://${tenant}.vault.test/` });

describe("The tenant of a resource", () => {
	test("is learned from its challenge when that is wanted, for each host by itself", async () => {
		const { asked, credential } = multiTenant();
		const { seen, send } = apiBehind(
			{ credential, enableTenantDiscovery: true },
			judge,
		);
		for (const tenant of ["one", "two", "one", "two"])
			assert.equal((await send(at(tenant))).status, 200);
		assert.deepEqual(asked, [undefined, "one", "two"]);
		assert.deepEqual(seen, [
			"Bearer undefined",
			"Bearer one",
			"Bearer undefined",
			"Bearer two",
			"Bearer one",
			"Bearer two",
		]);
	});

	test("is learned by requests that were on their way when another one learned it", async () => {
		const { asked, credential } = multiTenant();
		const { send } = apiBehind(
			{ credential, enableTenantDiscovery: true },
			judge,
		);
		const answers = await Promise.all(
			Array.from({ length: 20 }, () => send(at("one"))),
		);
		assert.ok(answers.every(({ status }) => status === 200));
		assert.deepEqual(asked, [undefined, "one"]);
	});

	test("is not learned unless that is wanted", async () => {
		const { asked, credential } = multiTenant();
		const { send } = apiBehind({ credential }, judge);
		assert.equal((await send(at("one"))).status, 401);
		assert.deepEqual(asked, [undefined]);
	});

	test("does not say what the token is for: that stays the client's scopes", async () => {
		const scopes: unknown[] = [];
		const { credential } = multiTenant();
		const noting: TokenCredential = {
			getToken(wanted, options) {
				scopes.push(wanted);
				return credential.getToken(wanted, options);
			},
		};
		const { send } = apiBehind(
			{ credential: noting, enableTenantDiscovery: true, scopes: "mine" },
			judge,
		);
		await send(at("one"));
		assert.deepEqual(scopes, [["mine"], ["mine"]]);
	});

	test("is not kept when the credential may not use it", async () => {
		const { asked, credential } = multiTenant();
		let isWrong = true;
		const { send } = apiBehind(
			{ credential, enableTenantDiscovery: true },
			() => (isWrong ? named("forbidden") : undefined),
		);
		assert.equal(
			(await failureOf(send(at("one")))).name,
			"CredentialUnavailableError",
		);
		isWrong = false;
		assert.equal((await send(at("one"))).status, 200);
		assert.deepEqual(asked, [undefined, "forbidden"]);
	});

	test("is tried once: a resource that turns its own tenant's token away is believed", async () => {
		const { asked, credential } = multiTenant();
		const { send } = apiBehind(
			{ credential, enableTenantDiscovery: true },
			() => named("one"),
		);
		assert.equal((await send(at("one"))).status, 401);
		assert.equal((await send(at("one"))).status, 401);
		assert.deepEqual(asked, [undefined, "one"]);
	});

	test("is asked for the claims that the resource wants then", async () => {
		const { asked, credential } = multiTenant();
		const { seen, send } = apiBehind(
			{ credential, enableTenantDiscovery: true },
			(authorization) =>
				({ "Bearer undefined": named("one"), "Bearer one": claimsChallenge() })[
					authorization
				],
		);
		assert.equal((await send(at("one"))).status, 200);
		assert.deepEqual(asked, [undefined, "one", "one"]);
		assert.equal(seen.at(-1), "Bearer one+claims");
	});
});
