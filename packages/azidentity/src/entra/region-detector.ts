import { AuthenticationError } from "../errors.ts";
import { jsonObject } from "../foundation/json-object.ts";
import { log } from "../foundation/log.ts";
import { rememberedFlights } from "../foundation/remembered-flights.ts";
import {
	type HttpAnswer,
	httpSender,
	type SendHttp,
} from "../platform/http.ts";
import { imdsUrl } from "../platform/imds-url.ts";
import { NO_RETRIES } from "../platform/retry.ts";
import type { EntraClientOptions } from "./entra-client-options.ts";
import { type FindRegion, type ProbeAsking, REGION } from "./region-name.ts";

/** The service is on the same machine, or it is not there at all. */
const PROBE_TIMEOUT_MS = 2_000;

const PROBE_PATH = "/metadata/instance/compute";
const API_VERSION = "2021-02-01";
const VERSION_FORM = /^\d{4}-\d{2}-\d{2}$/;

/** The region of this machine. It is looked for once; not to have found it is remembered, too. */
export function regionDetector(
	credentialName: string,
	options: EntraClientOptions,
): FindRegion {
	const { additionalPolicies, httpClient, loggingOptions } = options;
	const send = httpSender(
		credentialName,
		{
			allowInsecureConnection: true,
			...(additionalPolicies && { additionalPolicies }),
			...(httpClient && { httpClient }),
			...(loggingOptions && { loggingOptions }),
		},
		{ ...options, isDirect: true },
	);
	const join = rememberedFlights<string>();
	return ({ abortSignal, tracingOptions }) =>
		join("region", abortSignal, async (abortSignal) => {
			const asking = { abortSignal, ...(tracingOptions && { tracingOptions }) };
			const found =
				process.env.REGION_NAME || (await regionOfMachine(send, asking));
			const region = found.replaceAll(/\s/g, "").toLowerCase();
			const isFound = REGION.test(region);
			log.info(
				`${credentialName} => region detection: ${isFound ? region : "none found, using the global authority"}`,
			);
			return isFound ? region : "";
		});
}

/** What the instance metadata service says; "" when it is not there, does not know, or has no address. */
async function regionOfMachine(
	send: SendHttp,
	asking: ProbeAsking,
): Promise<string> {
	if (!URL.canParse(imdsUrl(PROBE_PATH))) return "";
	try {
		const first = await probe(send, asking, API_VERSION);
		// It refuses a version that it does not know, and names those it does.
		const newest = first.status === 400 ? newestVersion(first) : undefined;
		const answer =
			newest === undefined ? first : await probe(send, asking, newest);
		if (answer.status !== 200) return "";
		const location = jsonObject(answer.body)?.location;
		return typeof location === "string" ? location : "";
	} catch (error) {
		if (error instanceof AuthenticationError) return ""; // nobody answered: not in Azure
		throw error;
	}
}

function probe(
	send: SendHttp,
	asking: ProbeAsking,
	version: string,
): Promise<HttpAnswer> {
	return send({
		...asking,
		method: "GET",
		url: `${imdsUrl(PROBE_PATH)}?api-version=${version}`,
		headers: { Metadata: "true" },
		timeout: PROBE_TIMEOUT_MS,
		retries: NO_RETRIES,
	});
}

function newestVersion({ body }: HttpAnswer): string | undefined {
	const versions = jsonObject(body)?.["newest-versions"];
	const [newest] = Array.isArray(versions) ? versions : [];
	return VERSION_FORM.test(newest) ? newest : undefined;
}
