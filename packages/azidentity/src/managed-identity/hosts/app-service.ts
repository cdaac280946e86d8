import type { TokenSource } from "../../token.ts";
import { withQuery } from "../endpoint.ts";
import type { Place, Surroundings } from "../host.ts";
import { hostClient, resourceOf } from "../host-client.ts";
import { appServiceRetries } from "../host-retries.ts";
import { identityParameters } from "../identity.ts";

const NAMES = {
	clientId: "client_id",
	objectId: "object_id",
	resourceId: "mi_res_id",
} as const;

/** App Service, Functions, Container Apps and Automation (api-version 2019-08-01). */
export function appService(
	surroundings: Surroundings,
	{ name, endpoint }: Place,
	secret: string,
): TokenSource {
	const { credentialName, identity, options } = surroundings;
	const client = hostClient(surroundings, {
		hostName: name,
		retries: appServiceRetries(credentialName, options),
		adviceOnSilence:
			"IDENTITY_ENDPOINT says that this is App Service, but its token service does not answer: restart the app, and do not set that variable yourself.",
		adviceOnRefusal:
			"Check that the identity is assigned to the app (in the portal under Identity), and that the resource exists.",
	});
	return (request) =>
		client.requestToken(request, {
			method: "GET",
			url: withQuery(endpoint, {
				"api-version": "2019-08-01",
				resource: resourceOf(request),
				...identityParameters(identity, NAMES),
			}),
			// Azure Automation speaks the same language, and wants the second header.
			headers: { "X-IDENTITY-HEADER": secret, Metadata: "true" },
			secrets: [secret],
		});
}
