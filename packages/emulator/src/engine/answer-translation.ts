import type { KoaContextWithOIDC } from "oidc-provider";
import { authorizeRefusal } from "../dialect/authorize-refusal.ts";
import { deviceAnswer } from "../dialect/device-answer.ts";
import { errorBody } from "../dialect/entra-error.ts";
import { tokenAnswer } from "../dialect/token-answer.ts";
import { escapeHtml } from "../pages.ts";
import type { EngineParts } from "./engine-parts.ts";
import { type Exchange, exchangeOf } from "./exchange.ts";
import { libraryRefusal } from "./library-refusal.ts";

/** Turns the library's answer into Entra's. */
export function translateAnswer(
	parts: EngineParts,
	context: KoaContextWithOIDC,
): void {
	const exchange = exchangeOf(context.req);
	const route = context.oidc?.route;
	if (exchange === undefined || route === undefined) return;
	if (route !== "token" && route !== "device_authorization")
		translateRedirect(parts, context, exchange);
	else if (context.status >= 400) translateError(parts, context, exchange);
	else if (route === "token")
		context.body = tokenBody(parts, context, exchange);
	else context.body = deviceBody(parts, context, exchange);
}

function translateError(
	parts: EngineParts,
	context: KoaContextWithOIDC,
	exchange: Exchange,
): void {
	const refusal =
		exchange.refusal ?? libraryRefusal(exchange.libraryError ?? {}, exchange);
	exchange.refused(refusal.code);
	context.status = refusal.status;
	// A caller who accepts HTML was given a page; the token endpoint speaks JSON to everybody.
	context.type = "json";
	context.body = errorBody(refusal, setting(parts, exchange));
}

const setting = ({ now }: EngineParts, exchange: Exchange) => ({
	now: now(),
	correlationId: exchange.correlationId,
	authority: exchange.authority,
});

function tokenBody(
	{ directory, knobs }: EngineParts,
	context: KoaContextWithOIDC,
	exchange: Exchange,
) {
	const { access_token, refresh_token, id_token } = context.body as Record<
		string,
		string | undefined
	>;
	const resource = directory.resource(exchange.scope.resource);
	if (access_token === undefined || resource === undefined)
		throw new Error("The library issued a token for nothing.");
	return tokenAnswer({
		app: exchange.app ?? {},
		user: directory.user(context.oidc.entities.AccessToken?.accountId),
		scope: exchange.scope,
		resource,
		accessToken: access_token,
		refreshToken: refresh_token,
		idToken: id_token,
		wantsClientInfo: exchange.form.client_info === "1",
		knobs,
	});
}

function deviceBody(
	{ knobs }: EngineParts,
	context: KoaContextWithOIDC,
	{ authority }: Exchange,
) {
	const body = context.body as {
		user_code: string;
		device_code: string;
		expires_in: number;
	};
	return deviceAnswer({
		userCode: body.user_code,
		deviceCode: body.device_code,
		expiresIn: body.expires_in,
		interval: knobs.deviceCodeInterval,
		authority,
	});
}

/** An error on its way back to the app gets a description as the service words it, whatever way it takes. */
function translateRedirect(
	parts: EngineParts,
	context: KoaContextWithOIDC,
	exchange: Exchange,
): void {
	const { error, error_description: plain } = exchange.libraryError ?? {};
	if (error === undefined) return;
	const { error_description: worded } = errorBody(
		authorizeRefusal(error, plain ?? "The request cannot be served"),
		setting(parts, exchange),
	);
	const location = context.response.get("location");
	if (location) {
		context.set("location", reworded(location, worded));
		return;
	}
	if (typeof context.body === "string")
		context.body = context.body.replace(
			/(name="error_description" value=")[^"]*"/,
			(_input, start) => `${start}${escapeHtml(worded)}"`,
		);
}

/** The address with another description, in its query or its fragment. */
function reworded(location: string, description: string): string {
	const url = new URL(location);
	if (url.searchParams.has("error_description")) {
		url.searchParams.set("error_description", description);
		return url.href;
	}
	const fragment = new URLSearchParams(url.hash.slice(1));
	fragment.set("error_description", description);
	url.hash = fragment.toString();
	return url.href;
}
