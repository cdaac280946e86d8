import { CredentialUnavailableError } from "../../errors.ts";
import { endpointFrom, withQuery } from "../endpoint.ts";
import type { FindHost } from "../host.ts";
import { hostClient, resourceOf } from "../host-client.ts";
import { hostRetries } from "../host-retries.ts";

const NAME = "Azure Machine Learning";

/** Azure Machine Learning (api-version 2017-09-01), which knows identities by their client ids only. */
export const machineLearning: FindHost = (surroundings) => {
	const { credentialName, identity, options, variable } = surroundings;
	const address = variable("MSI_ENDPOINT");
	const secret = variable("MSI_SECRET");
	if (address === undefined || secret === undefined) return undefined;

	if (identity !== undefined && identity.kind !== "clientId")
		throw new CredentialUnavailableError(
			`${credentialName}: ${NAME} knows a user-assigned identity by its client id only. Pass clientId in place of ${identity.kind}.`,
		);
	const endpoint = endpointFrom(credentialName, "MSI_ENDPOINT", address);
	const clientid = identity?.id ?? variable("DEFAULT_IDENTITY_CLIENT_ID");
	const client = hostClient(surroundings, {
		hostName: NAME,
		retries: hostRetries(credentialName, options),
		adviceOnSilence:
			"MSI_ENDPOINT and MSI_SECRET say that this is Azure Machine Learning, but its token service does not answer: restart the compute, and do not set these variables yourself.",
		adviceOnRefusal:
			"Check that the identity is assigned to the compute, and that the resource exists.",
	});
	return {
		name: NAME,
		endpoint,
		source: (request) =>
			client.requestToken(request, {
				method: "GET",
				url: withQuery(endpoint, {
					"api-version": "2017-09-01",
					resource: resourceOf(request),
					...(clientid !== undefined && { clientid }),
				}),
				headers: { secret, Metadata: "true" },
				secrets: [secret],
			}),
	};
};
