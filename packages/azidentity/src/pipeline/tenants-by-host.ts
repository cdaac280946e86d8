import type { PipelineRequest } from "@azure/core-rest-pipeline";

/** More hosts than one client speaks to; when there are more, each is asked for its tenant again. */
const MAX_HOSTS = 100;

/** Which host takes the tokens of which tenant. */
export function tenantsByHost(configured: string | undefined) {
	const tenants = new Map<string, string>();
	return {
		/** The tenant whose tokens the request's host takes, if that is known. */
		of: (request: PipelineRequest) =>
			tenants.get(hostOf(request)) ?? configured,
		learn(request: PipelineRequest, tenantId: string): void {
			if (tenants.size >= MAX_HOSTS) tenants.clear();
			tenants.set(hostOf(request), tenantId);
		},
	};
}

function hostOf({ url }: PipelineRequest): string {
	return new URL(url).host;
}
