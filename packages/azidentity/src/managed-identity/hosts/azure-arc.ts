import type { TokenSource } from "../../token.ts";
import { withQuery } from "../endpoint.ts";
import type { Place, Surroundings } from "../host.ts";
import { hostClient, resourceOf } from "../host-client.ts";
import { hostRetries } from "../host-retries.ts";
import type { Identity } from "../identity.ts";
import { identityParameters } from "../identity.ts";

const NAMES = {
	clientId: "client_id",
	objectId: "object_id",
	// The agent ignores `mi_res_id`, and answers for the machine itself.
	resourceId: "msi_res_id",
} as const;

/** How an answer names the identity back. */
const ECHOES = {
	clientId: ["client_id"],
	objectId: ["object_id"],
	resourceId: ["msi_res_id", "mi_res_id"],
} as const;

/** A server outside Azure with the agent of Azure Arc (api-version 2020-06-01). */
export function azureArc(
	surroundings: Surroundings,
	{ name, endpoint }: Place,
): TokenSource {
	const { credentialName, identity, options } = surroundings;
	const client = hostClient(surroundings, {
		hostName: name,
		retries: hostRetries(credentialName, options),
		adviceOnSilence:
			"The agent of Azure Arc does not answer: check with `azcmagent show` that it is connected, and that the service himdsd runs.",
		adviceOnRefusal:
			"Check that the machine is connected (`azcmagent show`), that the identity is assigned to it, and that the resource exists.",
		mismatch: (document) => identity && mismatch(identity, document),
	});
	return async (request) => {
		const wire = {
			method: "GET",
			url: withQuery(endpoint, {
				"api-version": "2020-06-01",
				resource: resourceOf(request),
				...identityParameters(identity, NAMES),
			}),
			headers: { Metadata: "true" },
		} as const;
		const challenge = await client.send(request, wire);
		if (challenge.status !== 401)
			return client.grantOf(challenge, request, wire);
		const { readArcKey } = await import("../arc-key.ts");
		const key = await readArcKey(surroundings, challenge);
		const headers = { ...wire.headers, Authorization: `Basic ${key}` };
		return client.requestToken(request, { ...wire, headers, secrets: [key] });
	};
}

/**
 * An agent that is too old does not know the parameters, and answers for the machine itself. A program
 * must not act under an identity that it did not ask for.
 */
function mismatch(
	{ id, kind }: Identity,
	document: Readonly<Record<string, unknown>>,
): string | undefined {
	const echoed = ECHOES[kind].map((name) => document[name]);
	const isSame = (echo: unknown) =>
		typeof echo === "string" && echo.toLowerCase() === id.toLowerCase();
	if (echoed.some(isSame)) return undefined;
	return "the agent answered for another identity than the one that was asked for: it may be too old for user-assigned identities, so update it";
}
