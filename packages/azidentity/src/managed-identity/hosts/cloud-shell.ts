import type { TokenSource } from "../../token.ts";
import type { Place, Surroundings } from "../host.ts";
import { hostClient, resourceOf } from "../host-client.ts";
import { hostRetries } from "../host-retries.ts";

/** Cloud Shell: a form in place of a query, and always the person whose shell it is. */
export function cloudShell(
	surroundings: Surroundings,
	{ name, endpoint }: Place,
): TokenSource {
	const { credentialName, options } = surroundings;
	const client = hostClient(surroundings, {
		hostName: name,
		retries: hostRetries(credentialName, options),
		adviceOnSilence:
			"MSI_ENDPOINT says that this is Cloud Shell, but its token service does not answer: restart the shell, and do not set that variable yourself.",
		adviceOnRefusal:
			"Check that the resource exists and that you may use it; az login signs you in anew.",
	});
	return (request) =>
		client.requestToken(request, {
			method: "POST",
			url: endpoint,
			headers: { Metadata: "true" },
			form: { resource: resourceOf(request) },
		});
}
