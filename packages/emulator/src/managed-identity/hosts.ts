import { appService } from "./app-service.ts";
import { arc } from "./arc.ts";
import { cloudShell } from "./cloud-shell.ts";
import type { Host } from "./host.ts";
import { imds, instanceCompute, instanceLocation } from "./imds.ts";
import { machineLearning } from "./machine-learning.ts";
import { serviceFabric } from "./service-fabric.ts";

/** By path, in lower case and without slashes at its end. */
export const MANAGED_IDENTITY_HOSTS: ReadonlyMap<string, Host> = new Map([
	["/metadata/identity/oauth2/token", imds],
	["/metadata/instance/compute", instanceCompute],
	["/metadata/instance/compute/location", instanceLocation],
	["/msi/token", appService],
	["/arc/metadata/identity/oauth2/token", arc],
	["/machine-learning/token", machineLearning],
	["/cloud-shell/token", cloudShell],
	["/service-fabric/token", serviceFabric],
]);
