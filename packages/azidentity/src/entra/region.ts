import { CredentialUnavailableError } from "../errors.ts";
import { late } from "../foundation/late.ts";
import type { EntraClientOptions } from "./entra-client-options.ts";
import { type FindRegion, REGION } from "./region-name.ts";

/** The second is what the MSAL libraries read, and what Azure's own platforms set. */
const VARIABLES = ["AZURE_REGIONAL_AUTHORITY_NAME", "MSAL_FORCE_REGION"];

/** The word of `@azure/identity`, and that of the MSAL libraries. */
const DETECT: ReadonlySet<string> = new Set([
	"autodiscoverregion",
	"tryautodetect",
]);

/** Keeps to the global authority although MSAL_FORCE_REGION is set. */
const NO_REGION = "disablemsalforceregion";

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
	if (DETECT.has(value)) return lateDetector(credentialName, options);
	if (REGION.test(value)) return () => Promise.resolve(value);
	throw new CredentialUnavailableError(
		`${credentialName}: the environment variable ${variable} does not name a region. Set it to one such as "westeurope", or to "AutoDiscoverRegion".`,
	);
}

/** The detector, loaded when it is first needed. */
function lateDetector(
	credentialName: string,
	options: EntraClientOptions,
): FindRegion {
	const asGiven = { ...options };
	return late(async () => {
		const { regionDetector } = await import("./region-detector.ts");
		return regionDetector(credentialName, asGiven);
	});
}
