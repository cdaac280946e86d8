import type { Host } from "./host.ts";
import { type IdentityNames, identityAsked } from "./identity-asked.ts";
import { imdsError, imdsRefusal, imdsToken, invalid } from "./imds.ts";

/** `mi_res_id` is ignored by the agent, which then answers for the machine itself. */
const ARC_NAMES: IdentityNames = {
	clientId: ["client_id"],
	objectId: ["object_id"],
	resourceId: ["msi_res_id"],
};

/** A server outside Azure with the Arc agent: callers show that they can read a file of the agent's. */
export const arc: Host = {
	method: "GET",
	refusal: imdsError,
	async answer(ask, { mint, arcKeys }) {
		if (arcKeys === undefined)
			return invalid("This emulator was started without arcDirectory.", 404);
		const refusal = imdsRefusal(ask);
		if (refusal !== undefined) return refusal;
		const key = /^Basic (.+)$/.exec(ask.headers.authorization ?? "")?.[1];
		if (key === undefined || !arcKeys.redeem(key))
			return {
				...invalid("A key of the agent is required.", 401),
				headers: { "www-authenticate": `Basic realm=${arcKeys.issue()}` },
			};
		const asked = identityAsked(ask.parameters, ARC_NAMES);
		if (asked === undefined) return invalid("Multiple identities named");
		return imdsToken(
			await mint(asked.clientId, String(ask.parameters.get("resource"))),
			asked,
		);
	},
};
