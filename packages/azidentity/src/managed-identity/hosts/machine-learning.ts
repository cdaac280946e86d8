import type { TokenSource } from "../../token.ts";
import { withQuery } from "../endpoint.ts";
import type { Place, Surroundings } from "../host.ts";
import { hostClient, resourceOf } from "../host-client.ts";
import { hostRetries } from "../host-retries.ts";

/** Azure Machine Learning (api-version 2017-09-01), which knows identities by their client ids only. */
export function machineLearning(
	surroundings: Surroundings,
	{ name, endpoint }: Place,
	secret: string,
	clientid: string | undefined,
): TokenSource {
	const { credentialName, options } = surroundings;
	const client = hostClient(surroundings, {
		hostName: name,
		retries: hostRetries(credentialName, options),
		adviceOnSilence:
			"MSI_ENDPOINT and MSI_SECRET say that this is Azure Machine Learning, but its token service does not answer: restart the compute, and do not set these variables yourself.",
		adviceOnRefusal:
			"Check that the identity is assigned to the compute, and that the resource exists.",
	});
	return (request) =>
		client.requestToken(request, {
			method: "GET",
			url: withQuery(endpoint, {
				"api-version": "2017-09-01",
				resource: resourceOf(request),
				...(clientid !== undefined && { clientid }),
			}),
			headers: { secret, Metadata: "true" },
			secrets: [secret],
		});
}
