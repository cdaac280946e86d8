import { AuthenticationError } from "../../errors.ts";
import { httpSender, type SendHttp } from "../../platform/http.ts";
import type { Held, TokenSource } from "../../token.ts";
import { withQuery } from "../endpoint.ts";
import type { Place, Surroundings } from "../host.ts";
import { hostClient, resourceOf } from "../host-client.ts";
import { hostRetries } from "../host-retries.ts";

/** It is on the same node, and a certificate that is not its own must not hold the program up. */
const TIMEOUT_MS = 5_000;

/** Service Fabric (api-version 2019-07-01-preview): HTTPS with a certificate that the environment names. */
export function serviceFabric(
	surroundings: Surroundings,
	{ name, endpoint }: Place,
	secret: string,
	pin: string,
): TokenSource {
	const { credentialName, options } = surroundings;
	const client = hostClient(surroundings, {
		hostName: name,
		// It names identities that are not there with 404, and asks not to be asked again.
		retries: hostRetries(credentialName, options),
		timeout: TIMEOUT_MS,
		adviceOnSilence:
			"Check that the application has a managed identity, and that the certificate of the node's token service is the one that IDENTITY_SERVER_THUMBPRINT names.",
		adviceOnRefusal:
			"Check that the application has a managed identity in the cluster, and that the resource exists.",
		sender: pinnedSender(surroundings, endpoint, pin),
	});
	return async (request, held) =>
		client.requestToken(request, {
			method: "GET",
			url: withQuery(endpoint, {
				"api-version": "2019-07-01-preview",
				resource: resourceOf(request),
				...(await revocation(held)),
				...(request.cae && { xms_cc: "cp1" }),
			}),
			headers: { Secret: secret },
			secrets: [secret],
		});
}

/** Tells the cluster's token service which token was refused, so that all of its nodes replace it once. */
async function revocation({ refusedToken }: Held) {
	if (refusedToken === undefined) return {};
	const { createHash } = await import("node:crypto");
	const hash = createHash("sha256").update(refusedToken).digest("hex");
	return { token_sha256_to_refresh: hash };
}

/**
 * Sends over connections of its own, each held to the certificate before a byte of a request leaves.
 * A client, a proxy or TLS settings of the program's could not promise that, so they have no say here.
 */
function pinnedSender(
	{ credentialName, options }: Surroundings,
	endpoint: string,
	pin: string,
): SendHttp {
	let sender: SendHttp | undefined;
	return async (request) => {
		const { pinnedAgent, thumbprintOf } = await import(
			"../../platform/pinned-agent.ts"
		);
		const thumbprint = thumbprintOf(pin);
		if (thumbprint === undefined)
			throw misconfigured(
				credentialName,
				"IDENTITY_SERVER_THUMBPRINT is not the SHA-1 of a certificate: it must have 40 hexadecimal digits",
			);
		if (new URL(endpoint).protocol !== "https:")
			throw misconfigured(
				credentialName,
				"IDENTITY_ENDPOINT must be an https URL on Service Fabric",
			);
		sender ??= httpSender(
			credentialName,
			ownConnections(options, pinnedAgent(thumbprint)),
			{ ...options, isDirect: true },
		);
		return sender(request);
	};
}

function ownConnections(
	options: Surroundings["options"],
	agent: NonNullable<Surroundings["options"]["agent"]>,
): Surroundings["options"] {
	const { httpClient, proxyOptions, tlsOptions, ...others } = options;
	return { ...others, agent };
}

function misconfigured(
	credentialName: string,
	reason: string,
): AuthenticationError {
	const message = `${credentialName}: the environment variable ${reason}. The host sets it: do not set it yourself.`;
	return new AuthenticationError(
		0,
		{ error: "invalid_configuration", error_description: message },
		{ message, isOutage: false },
	);
}
