import { CredentialUnavailableError } from "../../errors.ts";
import { endpointFrom } from "../endpoint.ts";
import type { FindHost } from "../host.ts";
import { hostClient, resourceOf } from "../host-client.ts";
import { hostRetries } from "../host-retries.ts";

const NAME = "Cloud Shell";

/** Cloud Shell: a form in place of a query, and always the person whose shell it is. */
export const cloudShell: FindHost = (surroundings) => {
	const { credentialName, identity, options, variable } = surroundings;
	const address = variable("MSI_ENDPOINT");
	if (address === undefined) return undefined;

	if (identity !== undefined)
		throw new CredentialUnavailableError(
			`${credentialName}: ${NAME} has no user-assigned identities: its tokens are for the person whose shell it is. Leave out clientId, objectId and resourceId.`,
		);
	const endpoint = endpointFrom(credentialName, "MSI_ENDPOINT", address);
	const client = hostClient(surroundings, {
		hostName: NAME,
		retries: hostRetries(credentialName, options),
		adviceOnSilence:
			"MSI_ENDPOINT says that this is Cloud Shell, but its token service does not answer: restart the shell, and do not set that variable yourself.",
		adviceOnRefusal:
			"Check that the resource exists and that you may use it; az login signs you in anew.",
	});
	return {
		name: NAME,
		endpoint,
		source: (request) =>
			client.requestToken(request, {
				method: "POST",
				url: endpoint,
				headers: { Metadata: "true" },
				form: { resource: resourceOf(request) },
			}),
	};
};
