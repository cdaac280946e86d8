import type { App } from "@azidentity/emulator";
import type { InteractiveBrowserCredentialNodeOptions } from "azidentity";
import { InteractiveBrowserCredential } from "azidentity";
import type { OpenBrowser } from "../../src/platform/open-browser.ts";
import type { emulatedEntra } from "./emulated-entra.ts";

/** The credential of the emulator's desktop app, whose sign-ins are shown by `openBrowser`, and how often they were. */
export function browserCredential(
	entra: ReturnType<typeof emulatedEntra>,
	openBrowser: OpenBrowser,
	options: InteractiveBrowserCredentialNodeOptions = {},
	app: App = entra.emulator.apps.native,
) {
	const addresses: URL[] = [];
	const credential = new InteractiveBrowserCredential({
		...entra.options,
		clientId: app.clientId,
		tenantId: entra.emulator.tenants.contoso.id,
		openBrowser: async (address) => {
			addresses.push(new URL(address));
			await openBrowser(address);
		},
		...options,
	});
	return { credential, addresses };
}

/** The port that a sign-in's answer comes back to. */
export function portOf(address: URL | undefined): number {
	const redirect = address?.searchParams.get("redirect_uri") ?? "";
	return Number(new URL(redirect).port);
}

/** The state of a sign-in, which only its own answer has. */
export function stateOf(address: URL | undefined): string {
	return address?.searchParams.get("state") ?? "";
}
