import {
	type Answer,
	type Ask,
	message,
	ok,
	type Surroundings,
} from "./host.ts";
import { type IdentityNames, identityAsked } from "./identity-asked.ts";

/** What App Service and Azure ML answer who has shown that it may ask: the token, its expiry and its resource. */
export async function shortAnswer(
	{ parameters }: Ask,
	{ mint }: Surroundings,
	names: IdentityNames,
): Promise<Answer> {
	const resource = parameters.get("resource");
	if (!resource) return message(400, "A resource is required.");
	const asked = identityAsked(parameters, names);
	if (asked === undefined)
		return message(400, "Only one identity may be named.");
	const { access_token, expires_on, token_type } = await mint(
		asked.clientId,
		resource,
	);
	return ok({ access_token, expires_on, resource, token_type, ...asked.echo });
}
