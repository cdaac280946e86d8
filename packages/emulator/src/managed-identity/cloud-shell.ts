import { coded, type Host, ok } from "./host.ts";
import { SYSTEM_ASSIGNED } from "./identity-asked.ts";

/** Cloud Shell: the only one that takes a form, and always the identity of the shell. */
export const cloudShell: Host = {
	method: "POST",
	refusal: (error, text) => coded(400, error, text),
	async answer(ask, { mint }) {
		const resource = ask.parameters.get("resource");
		if (ask.headers.metadata !== "true")
			return coded(400, "BadRequest", "The Metadata header is required.");
		if (!resource) return coded(400, "BadRequest", "A resource is required.");
		return ok(await mint(SYSTEM_ASSIGNED, resource));
	},
};
