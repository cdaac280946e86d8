import { type Host, IDENTITY_HEADER, message, ok } from "./host.ts";
import { type IdentityNames, identityAsked } from "./identity-asked.ts";

const MACHINE_LEARNING_NAMES: IdentityNames = {
	clientId: ["clientid"],
	objectId: [],
	resourceId: [],
};

/** Azure Machine Learning. */
export const machineLearning: Host = {
	method: "GET",
	refusal: (_, text) => message(400, text),
	async answer(ask, { mint }) {
		if (ask.headers.secret !== IDENTITY_HEADER)
			return message(401, "The secret header is missing or wrong.");
		const resource = ask.parameters.get("resource");
		if (!resource) return message(400, "A resource is required.");
		const asked = identityAsked(ask.parameters, MACHINE_LEARNING_NAMES);
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
