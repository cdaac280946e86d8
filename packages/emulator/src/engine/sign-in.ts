import type { IncomingMessage, ServerResponse } from "node:http";
import type Provider from "oidc-provider";
import { authenticationMethods } from "../dialect/claims.ts";
import { isOidcScope } from "../dialect/scope.ts";
import type { Tenant, User } from "../fixtures.ts";
import { errorPage, PAGE_HEADERS, signInPage } from "../pages.ts";
import type { Form } from "./engine.ts";
import type { EngineParts } from "./engine-parts.ts";

type Interaction = Awaited<ReturnType<Provider["interactionDetails"]>>;

/** One visit to the sign-in page. */
interface Visit {
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	readonly provider: Provider;
	readonly tenant: Tenant;
	readonly interaction: Interaction;
	readonly form: Form;
}

/** The page where a person signs in, and what becomes of it. */
export async function signIn(
	parts: EngineParts,
	visit: Omit<Visit, "interaction">,
): Promise<void> {
	const { request, response, provider, form } = visit;
	let interaction: Interaction;
	try {
		interaction = await provider.interactionDetails(request, response);
	} catch {
		const text =
			"This sign-in has ended or belongs to another browser. Start again at the app.";
		response.writeHead(400, PAGE_HEADERS).end(errorPage(text));
		return;
	}
	const whole = { ...visit, interaction };
	if (request.method !== "POST") return showPage(parts, whole);
	if (form.cancel !== undefined) {
		const result = { error: "access_denied", error_description: "cancelled" };
		return provider.interactionFinished(request, response, result);
	}
	const current = currentUser(parts, whole);
	if (current !== undefined && form.continue === current.id)
		return finish(whole, current);
	const user = parts.directory.userNamed(form.loginfmt);
	if (user !== undefined && user.tenantId !== visit.tenant.id)
		return showPage(parts, whole, elsewhere(parts, user, visit.tenant));
	if (user === undefined || user.password !== form.passwd)
		return showPage(parts, whole, "Your account or password is incorrect.");
	return finish(whole, user);
}

function elsewhere({ directory }: EngineParts, user: User, tenant: Tenant) {
	const home = directory.tenant(user.tenantId);
	return `${user.username} belongs to ${home?.name ?? "another directory"}, not to ${tenant.name}. The app has to ask for that directory, or name the account as a hint.`;
}

function showPage(parts: EngineParts, visit: Visit, error?: string): void {
	const { response, tenant, interaction, form } = visit;
	const { params } = interaction;
	const app = parts.directory.app(String(params.client_id), tenant.id);
	const html = signInPage({
		tenant,
		appName: app?.name ?? "an app",
		users: parts.directory.users(tenant.id),
		username: form.loginfmt ?? String(params.login_hint ?? ""),
		current: currentUser(parts, visit),
		error,
	});
	response.writeHead(200, PAGE_HEADERS).end(html);
}

/** Who is signed in in this browser and need not prove it again. */
function currentUser({ directory }: EngineParts, { interaction }: Visit) {
	if (interaction.prompt.name === "login") return undefined;
	return directory.user(interaction.session?.accountId);
}

async function finish(visit: Visit, user: User): Promise<void> {
	const { request, response, provider, interaction } = visit;
	await provider.interactionFinished(request, response, {
		select_account: {},
		login: { accountId: user.id, amr: authenticationMethods(user) },
		consent: { grantId: await consent(provider, interaction.params, user) },
	});
}

/** Grants an app what it asked for in a user's name; the id of the grant. */
export function consent(
	provider: Provider,
	params: Record<string, unknown>,
	user: User,
): Promise<string> {
	const grant = new provider.Grant({
		clientId: String(params.client_id),
		accountId: user.id,
	});
	const scopes = String(params.scope ?? "").split(" ");
	grant.addOIDCScope(["openid", ...scopes.filter(isOidcScope)].join(" "));
	const resource = [params.resource].flat()[0];
	if (typeof resource === "string")
		grant.addResourceScope(
			resource,
			scopes.filter((scope) => !isOidcScope(scope)).join(" "),
		);
	return grant.save();
}
