import { accessSync, constants } from "node:fs";
import path from "node:path";
import { endpointFrom } from "./endpoint.ts";
import type { Surroundings } from "./host.ts";

const DEFAULT_ENDPOINT =
	"http://127.0.0.1:40342/metadata/identity/oauth2/token";

/** Where the agent listens: as the environment says, or where it always does when its program is here. */
export function arcEndpoint(surroundings: Surroundings): string | undefined {
	const { credentialName, variable } = surroundings;
	const address = variable("IDENTITY_ENDPOINT");
	if (address !== undefined && variable("IMDS_ENDPOINT") !== undefined)
		// An agent listens on IPv4 only, and the name may mean IPv6 first.
		return endpointFrom(credentialName, "IDENTITY_ENDPOINT", address).replace(
			/^(https?:\/\/)localhost(?=[:/]|$)/i,
			"$1127.0.0.1",
		);
	return hasAgent(surroundings) ? DEFAULT_ENDPOINT : undefined;
}

function hasAgent({ arcFiles, variable }: Surroundings): boolean {
	const program = arcFiles?.himds ?? usualProgram(variable);
	if (program === undefined) return false;
	try {
		accessSync(program, constants.R_OK);
		return true;
	} catch {
		return false; // not there, or not for us: then so is the agent
	}
}

function usualProgram(variable: Surroundings["variable"]): string | undefined {
	if (process.platform === "linux") return "/opt/azcmagent/bin/himds";
	const folder = variable("ProgramFiles");
	if (process.platform !== "win32" || folder === undefined) return undefined;
	return path.win32.join(folder, "AzureConnectedMachineAgent", "himds.exe");
}
