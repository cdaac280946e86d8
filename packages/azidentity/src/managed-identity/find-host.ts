import type { FindHost, Host, Surroundings } from "./host.ts";
import { appService } from "./hosts/app-service.ts";
import { azureArc } from "./hosts/azure-arc.ts";
import { cloudShell } from "./hosts/cloud-shell.ts";
import { imds } from "./hosts/imds.ts";
import { machineLearning } from "./hosts/machine-learning.ts";
import { serviceFabric } from "./hosts/service-fabric.ts";

/** Those with more variables come first: theirs are among the others' as well. */
const IN_ORDER: readonly FindHost[] = [
	serviceFabric,
	appService,
	machineLearning,
	cloudShell,
	azureArc,
];

/** The host that the program runs on; IMDS where nothing says otherwise. */
export function findHost(surroundings: Surroundings): Host {
	for (const find of IN_ORDER) {
		const host = find(surroundings);
		if (host !== undefined) return host;
	}
	return imds(surroundings);
}
