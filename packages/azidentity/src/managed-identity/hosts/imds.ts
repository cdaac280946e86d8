import {
	type AuthenticationError,
	CredentialUnavailableError,
} from "../../errors.ts";
import type { HttpAnswer } from "../../platform/http.ts";
import type { Grant, TokenRequest, TokenSource } from "../../token.ts";
import { withQuery } from "../endpoint.ts";
import type { Place, Surroundings } from "../host.ts";
import { type HostClient, hostClient, resourceOf } from "../host-client.ts";
import { type Contact, imdsRetries } from "../host-retries.ts";
import { identityParameters } from "../identity.ts";
import { imdsProbe } from "../imds-probe.ts";
import { isImdsError } from "../refusal.ts";

const NAMES = {
	clientId: "client_id",
	objectId: "object_id",
	// Container Instances understands no other spelling.
	resourceId: "msi_res_id",
} as const;

/** What Docker Desktop answers, with status 403, in place of a network that it has no way to. */
const DOCKER_DESKTOP = /unreachable/i;

/** What is known of who answers. */
interface Acquaintance extends Contact {
	/** Whether it gave a token, so that it is IMDS beyond doubt. */
	isProven: boolean;
}

/** The instance metadata service of virtual machines, of AKS nodes and of containers: where no other host is. */
export function imds(
	surroundings: Surroundings,
	{ name, endpoint }: Place,
): TokenSource {
	const { credentialName, identity, options, probes } = surroundings;
	const known: Acquaintance = { hasAnswered: false, isProven: false };
	const client = hostClient(surroundings, {
		hostName: name,
		retries: imdsRetries(credentialName, options, known),
		adviceOnSilence:
			"It answers on Azure's own virtual machines, containers and clusters only. Elsewhere, use another credential.",
		adviceOnRefusal:
			"Check that the identity is assigned to this machine (in the portal under Identity), and that the resource exists.",
		isStranger: (answer) => !known.isProven && !isImdsError(answer),
	});
	const probe = probes ? imdsProbe(surroundings, endpoint) : undefined;

	return async (request) => {
		if (probe !== undefined && !known.hasAnswered) {
			await probe(request);
			known.hasAnswered = true;
		}
		const grant = await ask(client, surroundings, known, request, {
			method: "GET",
			url: withQuery(endpoint, {
				"api-version": "2018-02-01",
				resource: resourceOf(request),
				...identityParameters(identity, NAMES),
			}),
			headers: { Metadata: "true" },
		});
		known.isProven = true;
		return grant;
	};
}

async function ask(
	client: HostClient,
	surroundings: Surroundings,
	known: Acquaintance,
	request: TokenRequest,
	wire: Parameters<HostClient["send"]>[1],
): Promise<Grant> {
	const answer = await client.send(request, wire).catch((error: unknown) => {
		throw isSilence(error) && !known.hasAnswered ? absent(error) : error;
	});
	known.hasAnswered = true;
	try {
		return client.grantOf(answer, request, wire);
	} catch (error) {
		const isHere = known.isProven || !isAbsence(answer, surroundings);
		throw isHere ? error : absent(error);
	}
}

/** Whether nobody answered at all, so that there is nobody there. */
function isSilence(error: unknown): boolean {
	const { errorResponse } = error as Partial<AuthenticationError>;
	return ["network_error", "timeout"].includes(errorResponse?.error ?? "");
}

/** Whether the answer says that there is no IMDS here, or that the machine has no identity of its own. */
function isAbsence(
	{ body, status }: HttpAnswer,
	{ identity }: Surroundings,
): boolean {
	if (status === 403) return DOCKER_DESKTOP.test(body);
	return status === 400 && identity === undefined;
}

function absent(cause: unknown): CredentialUnavailableError {
	return new CredentialUnavailableError((cause as Error).message, { cause });
}
