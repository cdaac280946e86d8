import { type Host, IDENTITY_HEADER, message, ok } from "./host.ts";
import { type IdentityNames, identityAsked } from "./identity-asked.ts";

const APP_SERVICE_NAMES: IdentityNames = {
	clientId: ["client_id"],
	objectId: ["object_id", "principal_id"],
	resourceId: ["mi_res_id"],
};

/** App Service, Functions, Container Apps (api-version 2019-08-01). */
export const appService: Host = {
	method: "GET",
	refusal: (_, text) => message(400, text),
	async answer(ask, { mint }) {
		if (ask.headers["x-identity-header"] !== IDENTITY_HEADER)
			return message(401, "The X-IDENTITY-HEADER is missing or wrong.");
		if (ask.parameters.get("api-version") !== "2019-08-01")
			return message(400, "The api-version must be 2019-08-01.");
		const resource = ask.parameters.get("resource");
		if (!resource) return message(400, "A resource is required.");
		const asked = identityAsked(ask.parameters, APP_SERVICE_NAMES);
		if (asked === undefined)
			return message(400, "Only one identity may be named.");
		const { access_token, expires_on, token_type } = await mint(
			asked.clientId,
			resource,
		);
		return ok({
			access_token,
			expires_on,
			resource,
			token_type,
			...asked.echo,
		});
	},
};
