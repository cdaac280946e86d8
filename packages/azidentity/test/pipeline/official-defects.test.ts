// Row 20 of what official clients get wrong (docs/decisions/official-defects.md), as rules that we keep.
import assert from "node:assert/strict";
import { hours, manualClock, minutes } from "@azidentity/testkit";
import type { TokenCredential } from "@azure/core-auth";
import {
	bearerTokenAuthenticationPolicy,
	createEmptyPipeline,
} from "@azure/core-rest-pipeline";
import { bearerTokenPolicy, getBearerTokenProvider } from "azidentity";
import { test } from "vitest";
import { settled } from "../cache/scripted-source.ts";
import { VAULT } from "../credentials/emulated-entra.ts";
import { apiBehind } from "./api-behind-policy.ts";

/** A credential whose tokens are named for the tenant they are for, and that answers when it is told to. */
function slowTenants() {
	const waiting: (() => void)[] = [];
	const credential: TokenCredential = {
		getToken: (_, { claims = "", tenantId = "" } = {}) =>
			new Promise((resolve) => {
				const token = `of-${tenantId}${claims}`;
				waiting.push(() => resolve({ token, expiresOnTimestamp: 4e12 }));
			}),
	};
	return { credential, waiting };
}

/** The slot held one token, and a second call joined whatever request was under way. */
test("two requests at once for different tenants or claims get different tokens", async () => {
	const { credential, waiting } = slowTenants();
	const { seen, send } = apiBehind({
		credential,
		challengeCallbacks: {
			async authorizeRequest({ getAccessToken, request, scopes }) {
				const { searchParams } = new URL(request.url);
				const claims = searchParams.get("claims") ?? undefined;
				const tenantId = searchParams.get("tenant") ?? "";
				const token = await getAccessToken(scopes, {
					tenantId,
					...(claims !== undefined && { claims }),
				});
				request.headers.set("Authorization", `${token?.token}`);
			},
		},
	});
	const asks = ["tenant=one", "tenant=two", "tenant=two&claims={}"];
	const answers = asks.map((ask) =>
		send({ url: `https://contoso.test/?${ask}` }),
	);
	await settled();
	assert.equal(waiting.length, 3);
	for (const answer of waiting) answer();
	await Promise.all(answers);
	assert.deepEqual(seen.sort(), ["of-one", "of-two", "of-two{}"]);
});

/** The refresh in the background was nobody's: when it failed for good, the process ended. */
test("a refresh behind the requests that fails for good is nobody's failure", async () => {
	const unhandled: unknown[] = [];
	const note = (reason: unknown) => unhandled.push(reason);
	process.on("unhandledRejection", note);
	try {
		const clock = manualClock();
		let isDown = false;
		const credential: TokenCredential = {
			async getToken() {
				if (isDown) throw new Error("down for good");
				return { token: "token", expiresOnTimestamp: clock.now() + hours(1) };
			},
		};
		const { send } = apiBehind({ credential, now: clock.now });
		const token = getBearerTokenProvider(credential, VAULT, { now: clock.now });
		await Promise.all([send(), token()]);
		isDown = true;
		for (const step of [minutes(51), minutes(8), minutes(2)]) {
			clock.advance(step);
			await Promise.allSettled([send(), token()]);
			await settled();
		}
		assert.deepEqual(unhandled, []);
	} finally {
		process.off("unhandledRejection", note);
	}
});

test("a pipeline takes one of the two policies, and not both", () => {
	const pipeline = createEmptyPipeline();
	const { credential } = slowTenants();
	const options = { credential, scopes: VAULT };
	pipeline.addPolicy(bearerTokenAuthenticationPolicy(options), {
		phase: "Sign",
	});
	const theirs = bearerTokenAuthenticationPolicy(options).name;
	assert.equal(pipeline.removePolicy({ name: theirs }).length, 1);
	pipeline.addPolicy(bearerTokenPolicy(options), { phase: "Sign" });
	pipeline.addPolicy(bearerTokenAuthenticationPolicy(options), {
		phase: "Sign",
	});
	assert.throws(() => pipeline.getOrderedPolicies(), /Duplicate policy names/);
});
