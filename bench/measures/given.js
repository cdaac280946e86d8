// What the measures of this folder have in common.

import { azureHttpClient, cannedService } from "../programs/service.js";
import { importToday } from "../programs/subjects/import-today.js";

/** A subject's module. Both take the same constructor arguments and options. */
export const moduleOf = (subject) =>
	subject === "azidentity"
		? import("azidentity")
		: importToday("@azure/identity");

/** The service, with the network left out. */
export const serviceAtOnce = () => azureHttpClient(cannedService());

export const TENANT = "aaaa1111-0000-4000-8000-000000000001";
export const CLIENT = "c0000000-0000-4000-8000-00000000da01";
/** The scope number so-and-so. */
export const scope = (number) => `https://resource-${number}.example/.default`;

/** The only thing a measure prints: its figures. */
export const print = (figures) => console.log(JSON.stringify(figures));
