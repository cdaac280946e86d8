import type { IncomingMessage, ServerResponse } from "node:http";
import { bearerToken } from "./demo-api.ts";
import type { EdgeParts } from "./edge-parts.ts";
import { sendJson } from "./send.ts";

const SUBSCRIPTION = "5ab5c000-0000-4000-8000-000000000001";

/** The two lists of Azure Resource Manager that `az login` asks for. */
export function serveResourceManager(
	parts: EdgeParts,
	list: "subscriptions" | "tenants",
	request: IncomingMessage,
	response: ServerResponse,
): void {
	const token = bearerToken(parts, request);
	if (token === undefined) {
		sendJson(response, 401, {
			error: {
				code: "InvalidAuthenticationToken",
				message: "The access token is invalid.",
			},
		});
		return;
	}
	const value =
		list === "tenants"
			? parts.directory
					.tenants()
					.filter(({ id }) => id === token.tid)
					.map((tenant) => ({
						id: `/tenants/${tenant.id}`,
						tenantId: tenant.id,
						displayName: tenant.name,
						defaultDomain: tenant.domain,
						tenantCategory: "Home",
					}))
			: [subscription(token.tid)];
	sendJson(response, 200, { value });
}

const subscription = (tenantId: string | undefined) => ({
	id: `/subscriptions/${SUBSCRIPTION}`,
	subscriptionId: SUBSCRIPTION,
	tenantId,
	displayName: "Emulated subscription",
	state: "Enabled",
	subscriptionPolicies: {},
	authorizationSource: "RoleBased",
	managedByTenants: [],
});
