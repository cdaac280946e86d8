import type { IncomingMessage, ServerResponse } from "node:http";
import { parseScope } from "../dialect/scope.ts";
import { decideDevice } from "./device-approval.ts";
import type { Engine, EngineRequest } from "./engine.ts";
import type { EngineParts } from "./engine-parts.ts";
import { attachExchange } from "./exchange.ts";
import { rewriteRequest, translateRequest } from "./request-translation.ts";
import { signIn } from "./sign-in.ts";
import { type Tenancies, type Tenancy, tenancies } from "./tenancies.ts";
import { mintApp } from "./token-writer.ts";

/** The endpoints whose parameters speak Entra's dialect; others are the library's own. */
const TRANSLATED: ReadonlySet<string> = new Set([
	"/oauth2/v2.0/authorize",
	"/oauth2/v2.0/token",
	"/oauth2/v2.0/devicecode",
]);

/** The engine that stands on `oidc-provider`: one of its providers for each tenant. */
export function entraEngine(parts: EngineParts): Engine {
	const known = tenancies(parts);
	return {
		handle: (request, response, asked) =>
			handle(parts, known, request, response, asked),
		tenantOfUserCode: known.tenantOfUserCode,
		approveDevice: (userCode, username) =>
			approveDevice(parts, known, userCode, username),
		denyDevice: (userCode) =>
			decideDevice(
				tenancyOfUserCode(parts, known, userCode).provider,
				userCode,
				"decline",
			),
		mintApp: (request) => mintApp(parts, request),
	};
}

async function handle(
	parts: EngineParts,
	known: Tenancies,
	request: IncomingMessage,
	response: ServerResponse,
	asked: EngineRequest,
): Promise<void> {
	const tenant = asked.tenant ?? known.tenantOfForm(asked.form);
	const tenancy = known.of(tenant, asked.authority);
	const { exchange, form } = TRANSLATED.has(asked.path)
		? await translateRequest(parts, tenancy, asked)
		: { exchange: plainExchange(asked, tenancy), form: asked.form };
	attachExchange(request, exchange);
	if (asked.path.startsWith("/login/"))
		return signIn(parts, { request, response, ...tenancy, form });
	rewriteRequest(request, asked.path, tenant, form);
	await tenancy.serve(request, response);
}

/** Pages and the sign-out: no client proves itself there. */
const plainExchange = (asked: EngineRequest, { tenant }: Tenancy) => ({
	tenant,
	authority: asked.authority,
	form: asked.form,
	correlationId: asked.correlationId,
	refused: asked.refused,
	app: undefined,
	scope: parseScope(""),
	proof: 0 as const,
});

async function approveDevice(
	parts: EngineParts,
	known: Tenancies,
	userCode: string,
	username: string,
): Promise<void> {
	const user = parts.directory.userNamed(username);
	if (user === undefined)
		throw new Error(`There is no user named "${username}".`);
	const { tenant, provider } = tenancyOfUserCode(parts, known, userCode);
	if (tenant.id !== user.tenantId)
		throw new Error(
			`The device asked for ${tenant.name}, which is not the directory of ${username}.`,
		);
	await decideDevice(provider, userCode, { user, now: parts.now() });
}

function tenancyOfUserCode(
	parts: EngineParts,
	known: Tenancies,
	userCode: string,
): Tenancy {
	const tenant = known.tenantOfUserCode(userCode);
	if (tenant === undefined)
		throw new Error(`No device was given the code "${userCode}".`);
	return known.of(tenant, parts.authority);
}
