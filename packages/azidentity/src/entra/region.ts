import { AuthenticationError, CredentialUnavailableError } from "../errors.ts";
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
import type { Asking } from "./discovery.ts";
import type { EntraClientOptions } from "./entra-client-options.ts";

/** The region whose token service is to be asked; "" when it is the global one. */
export type FindRegion = (asking: ProbeAsking) => Promise<string>;

type ProbeAsking = Pick<Asking, "abortSignal" | "tracingOptions">;

/** The second is what the MSAL libraries read, and what Azure's own platforms set. */
const VARIABLES = ["AZURE_REGIONAL_AUTHORITY_NAME", "MSAL_FORCE_REGION"];

/** The word of `@azure/identity`, and that of the MSAL libraries. */
const DETECT: ReadonlySet<string> = new Set([
	"autodiscoverregion",
	"tryautodetect",
]);

/** Keeps to the global authority although MSAL_FORCE_REGION is set. */
const NO_REGION = "disablemsalforceregion";

/** One label of a host name. Anything else would lead a secret to another host. */
const REGION = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The service is on the same machine, or it is not there at all. */
const PROBE_TIMEOUT_MS = 2_000;

const PROBE_PATH = "/metadata/instance/compute";
const API_VERSION = "2021-02-01";
const VERSION_FORM = /^\d{4}-\d{2}-\d{2}$/;

/**
 * How a client finds its region: named by AZURE_REGIONAL_AUTHORITY_NAME, else by MSAL_FORCE_REGION, or,
 * when that says `AutoDiscoverRegion`, the one this program runs in. Undefined when neither is set.
 * @throws CredentialUnavailableError when the name cannot be that of a region.
 */
export function regionFinder(
	credentialName: string,
	options: EntraClientOptions,
): FindRegion | undefined {
	const variable = VARIABLES.find((name) => process.env[name]?.trim());
	const value = variable && process.env[variable]?.trim().toLowerCase();
	if (!value || value === NO_REGION) return undefined;
	if (DETECT.has(value)) return regionDetector(credentialName, options);
	if (REGION.test(value)) return () => Promise.resolve(value);
	throw new CredentialUnavailableError(
		`${credentialName}: the environment variable ${variable} does not name a region. Set it to one such as "westeurope", or to "AutoDiscoverRegion".`,
	);
}

/** The region of this machine. It is looked for once; not to have found it is remembered, too. */
function regionDetector(
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
