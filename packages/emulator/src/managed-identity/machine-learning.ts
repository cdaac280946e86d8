import { type Host, IDENTITY_HEADER, message } from "./host.ts";
import type { IdentityNames } from "./identity-asked.ts";
import { shortAnswer } from "./short-answer.ts";

const MACHINE_LEARNING_NAMES: IdentityNames = {
	clientId: ["clientid"],
	objectId: [],
	resourceId: [],
};

/** Azure Machine Learning. */
export const machineLearning: Host = {
	method: "GET",
	refusal: (_, text) => message(400, text),
	async answer(ask, surroundings) {
		if (ask.headers.secret !== IDENTITY_HEADER)
			return message(401, "The secret header is missing or wrong.");
		return shortAnswer(ask, surroundings, MACHINE_LEARNING_NAMES);
	},
};
