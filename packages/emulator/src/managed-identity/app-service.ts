import { type Host, IDENTITY_HEADER, message } from "./host.ts";
import type { IdentityNames } from "./identity-asked.ts";
import { shortAnswer } from "./short-answer.ts";

const APP_SERVICE_NAMES: IdentityNames = {
	clientId: ["client_id"],
	objectId: ["object_id", "principal_id"],
	resourceId: ["mi_res_id"],
};

/** App Service, Functions, Container Apps (api-version 2019-08-01). */
export const appService: Host = {
	method: "GET",
	refusal: (_, text) => message(400, text),
	async answer(ask, surroundings) {
		if (ask.headers["x-identity-header"] !== IDENTITY_HEADER)
			return message(401, "The X-IDENTITY-HEADER is missing or wrong.");
		if (ask.parameters.get("api-version") !== "2019-08-01")
			return message(400, "The api-version must be 2019-08-01.");
		return shortAnswer(ask, surroundings, APP_SERVICE_NAMES);
	},
};
