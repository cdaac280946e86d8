import {
	type Answer,
	type Ask,
	type Host,
	type MintedFields,
	ok,
} from "./host.ts";
import {
	type IdentityAsked,
	type IdentityNames,
	identityAsked,
} from "./identity-asked.ts";

/** Where this machine is, for clients that look for a token service nearby. */
const LOCATION = "westeurope";

const IMDS_NAMES: IdentityNames = {
	clientId: ["client_id"],
	objectId: ["object_id"],
	resourceId: ["msi_res_id", "mi_res_id"],
};

/** Azure's instance metadata service: virtual machines, containers, AKS nodes. */
export const imds: Host = {
	method: "GET",
	refusal: imdsError,
	async answer(ask, { mint }) {
		const refusal = imdsRefusal(ask);
		if (refusal !== undefined) return refusal;
		const asked = identityAsked(ask.parameters, IMDS_NAMES);
		if (asked === undefined) return invalid("Multiple identities named");
		return imdsToken(
			await mint(asked.clientId, String(ask.parameters.get("resource"))),
			asked,
		);
	},
};

const instance = (answer: object | string): Host => ({
	method: "GET",
	refusal: imdsError,
	async answer(ask) {
		return metadataRefusal(ask) ?? ok(answer);
	},
});

export const instanceCompute = instance({ location: LOCATION });
export const instanceLocation = instance(LOCATION);

export function imdsToken(fields: MintedFields, asked: IdentityAsked): Answer {
	const { expires_in } = fields;
	return ok({ ...fields, ext_expires_in: expires_in, ...asked.echo });
}

/** What is wrong with a request for a token, if anything. */
export function imdsRefusal(ask: Ask): Answer | undefined {
	const refusal = metadataRefusal(ask);
	if (refusal !== undefined) return refusal;
	if (!ask.parameters.get("resource"))
		return invalid("Required query variable 'resource' is missing");
	return undefined;
}

/** What keeps a browser or a forwarding proxy from being tricked into asking. */
function metadataRefusal(ask: Ask): Answer | undefined {
	if (String(ask.headers.metadata).toLowerCase() !== "true")
		return invalid("Required metadata header not specified");
	if (ask.headers["x-forwarded-for"] !== undefined)
		return invalid("Forwarded requests are not served");
	if (!ask.parameters.get("api-version"))
		return invalid("Required query variable 'api-version' is missing");
	return undefined;
}

export const invalid = (description: string, status = 400): Answer =>
	imdsError("invalid_request", description, status);

/** An error as IMDS and the Arc agent word it. */
export function imdsError(error: string, text: string, status = 400): Answer {
	return { status, body: { error, error_description: text } };
}
