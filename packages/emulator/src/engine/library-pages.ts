import type { Configuration, KoaContextWithOIDC } from "oidc-provider";
import { authorizeRefusal } from "../dialect/authorize-refusal.ts";
import { errorBody } from "../dialect/entra-error.ts";
import { unknownApp } from "../dialect/refusals.ts";
import {
	deviceCodePage,
	deviceConfirmPage,
	errorPage,
	messagePage,
	PAGE_HEADERS,
	signOutPage,
} from "../pages.ts";
import { requiredExchange } from "./exchange.ts";

type Features = NonNullable<Configuration["features"]>;

function show(context: KoaContextWithOIDC, html: string): void {
	context.set(PAGE_HEADERS);
	context.body = html;
}

/** What the person at the device page did wrong, by the name of the library's error. */
const DEVICE_PROBLEMS: Readonly<Record<string, string>> = {
	NoCodeError: "Enter the code that your app or device shows.",
	NotFoundError:
		"That code didn't work. Check the code and try again, or get a new one from your app or device.",
	ExpiredError: "That code has expired. Get a new one from your app or device.",
	AlreadyUsedError: "That code has already been used.",
	AbortedError: "You have declined. The app or device was not signed in.",
};

export const devicePages = {
	userCodeInputSource(context, form, _output, error) {
		const text =
			error &&
			(DEVICE_PROBLEMS[error.name] ?? "Something went wrong. Try again.");
		show(context, deviceCodePage(form, text));
	},
	userCodeConfirmSource(context, form, client, _deviceInfo, userCode) {
		const name = client.clientName ?? client.clientId;
		show(context, deviceConfirmPage(form, name, userCode));
	},
	successSource(context) {
		const name = context.oidc.client?.clientName ?? "the app";
		show(
			context,
			messagePage(
				"You are signed in",
				`You have signed in to ${name} on your device. You may now close this window.`,
			),
		);
	},
} satisfies NonNullable<Features["deviceFlow"]>;

export const signOutPages = {
	logoutSource(context, form) {
		show(context, signOutPage(form));
	},
	postLogoutSuccessSource(context) {
		show(
			context,
			messagePage(
				"You signed out of your account",
				"You may close this window.",
			),
		);
	},
} satisfies NonNullable<Features["rpInitiatedLogout"]>;

/** What cannot go back to the app, because it is not certain which app it is or where. */
export function errorAnswer(
	now: () => number,
): NonNullable<Configuration["renderError"]> {
	return (context, output, error) => {
		const { authority, correlationId, form, tenant } = requiredExchange(
			context.req,
		);
		const detail = "error_detail" in error ? String(error.error_detail) : "";
		const refusal =
			output.error === "invalid_client" && detail.includes("not found")
				? unknownApp(form.client_id ?? "", tenant.name)
				: authorizeRefusal(
						output.error,
						String(output.error_description ?? "The request cannot be served"),
					);
		const setting = { now: now(), correlationId, authority };
		show(context, errorPage(errorBody(refusal, setting).error_description));
	};
}
