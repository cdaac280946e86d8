import { coded, type Host, IDENTITY_HEADER, ok } from "./host.ts";
import { SYSTEM_ASSIGNED } from "./identity-asked.ts";

/** Service Fabric: the cluster decides on the identity. The emulator also serves it behind the TLS that the real one has. */
export const serviceFabric: Host = {
	method: "GET",
	refusal: (error, text) => coded(400, error, text),
	async answer(ask, { mint }) {
		const resource = ask.parameters.get("resource");
		if (ask.headers.secret === undefined)
			return coded(400, "SecretHeaderNotFound", "Secret is not found.");
		if (ask.headers.secret !== IDENTITY_HEADER)
			return coded(404, "ManagedIdentityNotFound", "No identity found.");
		if (!resource)
			return coded(400, "ArgumentNullOrEmpty", "A resource is required.");
		const { access_token, expires_on, token_type } = await mint(
			SYSTEM_ASSIGNED,
			resource,
		);
		// Alone among the hosts, it answers with a number.
		return ok({
			access_token,
			expires_on: Number(expires_on),
			resource,
			token_type,
		});
	},
};
